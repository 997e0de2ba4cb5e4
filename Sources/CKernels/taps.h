// Loops over the windows of a feature map, a row of outputs at a time: channels of a block stay in registers while a window's taps
// go by.
#ifndef GRADCAM_TAPS_H
#define GRADCAM_TAPS_H

#include "epilogue.h"

enum { NEIGHBOURS = 4 };

// The sum of one window.
INLINE vector window_sum(const struct gradcam_taps *t, const float *weight, ptrdiff_t x, ptrdiff_t c, ptrdiff_t count) {
  vector sum = {0};
  for (ptrdiff_t r = 0; r < t->row_count; r++) {
    const float *row = t->rows[r] + c, *row_weights = weight + t->row_weights[r] + c;
    for (ptrdiff_t tap = t->starts[x]; tap < t->starts[x + 1]; tap++)
      sum += load_part(row_weights + t->columns[tap], count) * load_part(row + t->places[tap], count);
  }
  return sum;
}

static void depthwise_any(const struct gradcam_taps *t, const float *weight, float *target, ptrdiff_t offset,
                          const struct gradcam_epilogue *e) {
  for (ptrdiff_t x = 0; x < t->width; x++) {
    for (ptrdiff_t c = 0; c < t->channels; c += LANES) {
      ptrdiff_t count = t->channels - c, place = x * t->channels + c;
      vector sum = window_sum(t, weight, x, c, count);
      sum = finish(sum, e, c, e->residual ? e->residual + offset + place : NULL, count);
      store_part(target + place, sum, count);
    }
  }
}

// The sums of neighbouring windows of `kernel` columns, `step` apart, of which the first begins at `first`: every column of the
// source and every weight is read once for all of them.
INLINE void neighbour_sums(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight,
                           ptrdiff_t first, ptrdiff_t c, ptrdiff_t count, const int kernel, const int step,
                           const int is_inside, vector *sums) {
  ptrdiff_t channels = t->channels;
  for (int i = 0; i < NEIGHBOURS; i++) sums[i] = (vector){0};
  for (ptrdiff_t r = 0; r < t->row_count; r++) {
    const float *row = t->rows[r] + first * channels + c, *row_weights = weight + t->row_weights[r] + c;
    vector w[5];
#pragma clang loop unroll(full)
    for (int tap = 0; tap < kernel; tap++)
      w[tap] = load_part(row_weights + (s->is_turned ? kernel - 1 - tap : tap) * channels, count);
#pragma clang loop unroll(full)
    for (int column = 0; column < kernel + (NEIGHBOURS - 1) * step; column++) {
      if (!is_inside && (first + column < 0 || first + column >= s->source_width)) continue;
      vector value = load_part(row + column * channels, count);
#pragma clang loop unroll(full)
      for (int i = 0; i < NEIGHBOURS; i++) {
        int tap = column - i * step;
        if (tap >= 0 && tap < kernel) sums[i] += w[tap] * value;
      }
    }
  }
}

INLINE void depthwise_even(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight, float *target,
                           ptrdiff_t offset, const struct gradcam_epilogue *e, const int kernel, const int step) {
  for (ptrdiff_t x = 0; x < t->width; x += NEIGHBOURS) {
    ptrdiff_t first = x * step - s->left;
    int is_inside = first >= 0 && first + kernel + (NEIGHBOURS - 1) * step <= s->source_width;
    for (ptrdiff_t c = 0; c < t->channels; c += LANES) {
      ptrdiff_t count = t->channels - c;
      vector sums[NEIGHBOURS];
      if (is_inside && count >= LANES) {
        neighbour_sums(t, s, weight, first, c, LANES, kernel, step, 1, sums);
      } else {
        neighbour_sums(t, s, weight, first, c, count, kernel, step, 0, sums);
      }
      for (ptrdiff_t i = 0; i < NEIGHBOURS && x + i < t->width; i++) {
        ptrdiff_t place = (x + i) * t->channels + c;
        vector value = finish(sums[i], e, c, e->residual ? e->residual + offset + place : NULL, count);
        store_part(target + place, value, count);
      }
    }
  }
}

static void depthwise_row(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight, float *target,
                          ptrdiff_t offset, const struct gradcam_epilogue *e) {
  if (s->kernel == 3 && s->step == 1) return depthwise_even(t, s, weight, target, offset, e, 3, 1);
  if (s->kernel == 3 && s->step == 2) return depthwise_even(t, s, weight, target, offset, e, 3, 2);
  if (s->kernel == 5 && s->step == 1) return depthwise_even(t, s, weight, target, offset, e, 5, 1);
  if (s->kernel == 5 && s->step == 2) return depthwise_even(t, s, weight, target, offset, e, 5, 2);
  depthwise_any(t, weight, target, offset, e);
}

// A NaN is larger than everything.
static void max_pool_row(const struct gradcam_taps *t, float *target) {
  for (ptrdiff_t x = 0; x < t->width; x++) {
    for (ptrdiff_t c = 0; c < t->channels; c += LANES) {
      ptrdiff_t count = t->channels - c;
      vector best = all(-__builtin_inff());
      for (ptrdiff_t r = 0; r < t->row_count; r++) {
        for (ptrdiff_t tap = t->starts[x]; tap < t->starts[x + 1]; tap++) {
          vector value = load_part(t->rows[r] + t->places[tap] + c, count);
          best = choose((value > best) | (value != value), value, best);
        }
      }
      store_part(target + x * t->channels + c, best, count);
    }
  }
}

#endif
