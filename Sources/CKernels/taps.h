// Loops over the windows of a feature map, a row of outputs at a time: channels of a block stay in registers while a window's taps
// go by.
#ifndef GRADCAM_TAPS_H
#define GRADCAM_TAPS_H

#include "epilogue.h"

enum { NEIGHBOURS = 4 };

// Whether the windows of `NEIGHBOURS` outputs from `x` on see the same columns of the kernel.
INLINE int are_alike(const struct gradcam_taps *t, ptrdiff_t x) {
  ptrdiff_t count = t->starts[x + 1] - t->starts[x];
  for (int i = 1; i < NEIGHBOURS; i++) {
    if (t->starts[x + i + 1] - t->starts[x + i] != count) return 0;
    if (count && t->columns[t->starts[x + i]] != t->columns[t->starts[x]]) return 0;
  }
  return 1;
}

// The sums of `neighbours` outputs from `x` on, for the channels from `c` on: each weight is read once for all of them.
INLINE void depthwise_block(const struct gradcam_taps *t, const float *weight, ptrdiff_t x, ptrdiff_t c, ptrdiff_t count,
                            int neighbours, vector *sums) {
  for (int i = 0; i < neighbours; i++) sums[i] = (vector){0};
  ptrdiff_t taps = t->starts[x + 1] - t->starts[x];
  for (ptrdiff_t r = 0; r < t->row_count; r++) {
    const float *row = t->rows[r] + c, *row_weights = weight + t->row_weights[r] + c;
    for (ptrdiff_t tap = 0; tap < taps; tap++) {
      vector w = load_part(row_weights + t->columns[t->starts[x] + tap] * t->channels, count);
      for (int i = 0; i < neighbours; i++)
        sums[i] += w * load_part(row + t->places[t->starts[x + i] + tap] * t->channels, count);
    }
  }
}

INLINE void depthwise_columns(const struct gradcam_taps *t, const float *weight, float *target, ptrdiff_t offset,
                              const struct gradcam_epilogue *e, ptrdiff_t x, int neighbours) {
  for (ptrdiff_t c = 0; c < t->channels; c += LANES) {
    ptrdiff_t count = t->channels - c;
    vector sums[NEIGHBOURS];
    if (count >= LANES) {
      depthwise_block(t, weight, x, c, LANES, neighbours, sums);
    } else {
      depthwise_block(t, weight, x, c, count, neighbours, sums);
    }
    for (int i = 0; i < neighbours; i++) {
      ptrdiff_t place = (x + i) * t->channels + c;
      vector value = finish(sums[i], e, c, e->residual ? e->residual + offset + place : NULL, count);
      store_part(target + place, value, count);
    }
  }
}

static void depthwise_row(const struct gradcam_taps *t, const float *weight, float *target, ptrdiff_t offset,
                          const struct gradcam_epilogue *e) {
  ptrdiff_t x = 0;
  while (x < t->width) {
    if (x + NEIGHBOURS <= t->width && are_alike(t, x)) {
      depthwise_columns(t, weight, target, offset, e, x, NEIGHBOURS);
      x += NEIGHBOURS;
    } else {
      depthwise_columns(t, weight, target, offset, e, x, 1);
      x += 1;
    }
  }
}

// A NaN is larger than everything.
static void max_pool_row(const struct gradcam_taps *t, float *target) {
  for (ptrdiff_t x = 0; x < t->width; x++) {
    for (ptrdiff_t c = 0; c < t->channels; c += LANES) {
      ptrdiff_t count = t->channels - c;
      vector best = all(-__builtin_inff());
      for (ptrdiff_t r = 0; r < t->row_count; r++) {
        for (ptrdiff_t tap = t->starts[x]; tap < t->starts[x + 1]; tap++) {
          vector value = load_part(t->rows[r] + t->places[tap] * t->channels + c, count);
          best = choose((value > best) | (value != value), value, best);
        }
      }
      store_part(target + x * t->channels + c, best, count);
    }
  }
}

#endif
