// Loops over the windows of a feature map, a row of outputs at a time: channels of a block stay in registers while a window's taps
// go by.
#ifndef GRADCAM_TAPS_H
#define GRADCAM_TAPS_H

#include "epilogue.h"

// Outputs that are computed side by side; floats of a map that no core's own cache holds.
enum { NEIGHBOURS = 4, FAR = 1 << 19 };

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

// `count` channels, up to 16, of a row of outputs whose windows may lie anyhow.
INLINE void depthwise_any(const struct gradcam_taps *t, const float *weight, float *target, const float *residual,
                          const struct gradcam_epilogue *e, ptrdiff_t c, ptrdiff_t count) {
  for (ptrdiff_t x = 0; x < t->width; x++) {
    ptrdiff_t place = x * t->channels + c;
    vector sum = window_sum(t, weight, x, c, count);
    finish_group(&sum, 1, e, c, residual ? residual + place : NULL, 0, count);
    store_part(target + place, sum, count);
  }
}

// Finishes and stores neighbouring outputs, as many as are `left` of the row.
INLINE void finish_neighbours(vector *sums, float *target, const float *residual, ptrdiff_t left, ptrdiff_t channels,
                              ptrdiff_t c, ptrdiff_t count, const struct gradcam_epilogue *e) {
  if (left >= NEIGHBOURS) {
    finish_group(sums, NEIGHBOURS, e, c, residual, channels, count);
    UNROLLED
    for (int i = 0; i < NEIGHBOURS; i++) store_part(target + i * channels, sums[i], count);
    return;
  }
  UNROLLED
  for (int i = 0; i < NEIGHBOURS - 1; i++) {
    if (i >= left) return;
    finish_group(&sums[i], 1, e, c, residual ? residual + i * channels : NULL, 0, count);
    store_part(target + i * channels, sums[i], count);
  }
}

// The sums of neighbouring windows, `step` apart, of which the first begins at `first`: every column of the source is read once for all
// of them. `w` is `rows` rows of `kernel` weights. Unless all windows are inside, columns beyond the source are passed over.
INLINE void neighbour_sums(const struct gradcam_taps *t, const vector *w, ptrdiff_t first, ptrdiff_t end, ptrdiff_t c,
                           ptrdiff_t count, const int kernel, const int step, const int rows, const int is_inside,
                           vector *sums) {
  UNROLLED
  for (int i = 0; i < NEIGHBOURS; i++) sums[i] = (vector){0};
  UNROLLED
  for (int r = 0; r < rows; r++) {
    const float *source = t->rows[r] + first * t->channels + c;
    UNROLLED
    for (int column = 0; column < kernel + (NEIGHBOURS - 1) * step; column++, source += t->channels) {
      if (!is_inside && (first + column < 0 || first + column >= end)) continue;
      vector value = load_part(source, count);
      UNROLLED
      for (int i = 0; i < NEIGHBOURS; i++) {
        int tap = column - i * step;
        if (tap >= 0 && tap < kernel) sums[i] += w[r * kernel + tap] * value;
      }
    }
  }
}

// `count` channels, up to 16, of outputs from `begin` to `finish` whose windows meet `rows` rows of the source. All of their weights are
// loaded once: with AVX-512 they stay in registers.
INLINE void depthwise_column(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight,
                             float *target, const float *residual, const struct gradcam_epilogue *e, ptrdiff_t begin,
                             ptrdiff_t finish, ptrdiff_t c, ptrdiff_t count, const int kernel, const int step,
                             const int rows) {
  ptrdiff_t channels = t->channels, end = s->source_width;
  vector w[25];
  UNROLLED
  for (int r = 0; r < rows; r++) {
    UNROLLED
    for (int tap = 0; tap < kernel; tap++) {
      ptrdiff_t place = s->is_turned ? kernel - 1 - tap : tap;
      w[r * kernel + tap] = load_part(weight + t->row_weights[r] + place * channels + c, count);
    }
  }
  for (ptrdiff_t x = begin; x < finish; x += NEIGHBOURS) {
    ptrdiff_t first = x * step - s->left, place = x * channels + c;
    vector sums[NEIGHBOURS];
    if (first >= 0 && first + kernel + (NEIGHBOURS - 1) * step <= end) {
      neighbour_sums(t, w, first, end, c, count, kernel, step, rows, 1, sums);
    } else {
      neighbour_sums(t, w, first, end, c, count, kernel, step, rows, 0, sums);
    }
    finish_neighbours(sums, target + place, residual ? residual + place : NULL, t->width - x, channels, c, count, e);
  }
}

// How many outputs get all of their channels before the next: a whole row, but where the source is too large for a near cache. What comes
// from far away is best read in the order in which it lies. Maps are about as high as they are wide.
INLINE ptrdiff_t depthwise_span(const struct gradcam_taps *t, const struct gradcam_stride *s) {
  return s->source_width * s->source_width * t->channels > FAR ? NEIGHBOURS : t->width;
}

// One of these for all channels of a row. Each stands apart: inlined into one, they would take megabytes of stack in a debug build.
typedef void depthwise_columns(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight,
                               float *target, const float *residual, const struct gradcam_epilogue *e);

// Kernel, step, and rows of the source that the windows meet: fewer at the picture's upper and lower edges.
#define DEPTHWISE_SHAPES(EACH) \
  EACH(3, 1, 3) \
  EACH(3, 1, 2) \
  EACH(3, 2, 3) \
  EACH(3, 2, 2) \
  EACH(5, 1, 5) \
  EACH(5, 1, 4) \
  EACH(5, 1, 3) \
  EACH(5, 2, 5) \
  EACH(5, 2, 4) \
  EACH(5, 2, 3)

#define DEPTHWISE(kernel, step, rows) \
  static __attribute__((noinline)) void depthwise_##kernel##_##step##_##rows( \
      const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight, float *target, \
      const float *residual, const struct gradcam_epilogue *e) { \
    for (ptrdiff_t x = 0, span = depthwise_span(t, s); x < t->width; x += span) { \
      ptrdiff_t end = x + span < t->width ? x + span : t->width, c = 0; \
      for (; t->channels - c >= LANES; c += LANES) \
        depthwise_column(t, s, weight, target, residual, e, x, end, c, LANES, kernel, step, rows); \
      if (c < t->channels) \
        depthwise_column(t, s, weight, target, residual, e, x, end, c, t->channels - c, kernel, step, rows); \
    } \
  }
DEPTHWISE_SHAPES(DEPTHWISE)
#undef DEPTHWISE

// What there is for such windows; NULL for others.
static depthwise_columns *depthwise_for(ptrdiff_t kernel, ptrdiff_t step, ptrdiff_t rows) {
#define DEPTHWISE(k, s, r) \
  if (kernel == k && step == s && rows == r) return depthwise_##k##_##s##_##r;
  DEPTHWISE_SHAPES(DEPTHWISE)
#undef DEPTHWISE
  return NULL;
}

static void depthwise_row(const struct gradcam_taps *t, const struct gradcam_stride *s, const float *weight, float *target,
                          ptrdiff_t offset, const struct gradcam_epilogue *e) {
  const struct gradcam_epilogue first = without_long_activation(e);
  const float *residual = e->residual ? e->residual + offset : NULL;
  depthwise_columns *columns = depthwise_for(s->kernel, s->step, t->row_count);
  if (columns) {
    columns(t, s, weight, target, residual, &first);
  } else {
    for (ptrdiff_t c = 0; c < t->channels; c += LANES) depthwise_any(t, weight, target, residual, &first, c, t->channels - c);
  }
  activate_long(target, t->width * t->channels, e);
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
