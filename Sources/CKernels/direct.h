// Convolution of a map with few channels, where patches are too short for a product of matrices to be worth its stores: the sums of
// some neighbouring outputs stay in registers until all of their taps have gone by.
#ifndef GRADCAM_DIRECT_H
#define GRADCAM_DIRECT_H

#include "epilogue.h"

// Outputs and vectors of channels that the registers hold at once.
#if defined(GRADCAM_MASKS)
enum { SIDE = 4, VECTORS = 4 };
#else
enum { SIDE = 2, VECTORS = 2 };
#endif

// Finishes `outputs` neighbours from column `x` on, for up to `vectors` vectors of channels from `k` on. `left` is the first tap's
// column; the taps from `first` to `end` of each kernel row lie inside the source.
INLINE void direct_block(const struct gradcam_direct *g, const float *const *rows, const float *weight, float *target,
                         ptrdiff_t offset, const struct gradcam_epilogue *e, ptrdiff_t x, ptrdiff_t k, ptrdiff_t left,
                         ptrdiff_t first, ptrdiff_t end, const int outputs, const int vectors) {
  vector sums[SIDE][VECTORS];
  for (int i = 0; i < outputs; i++)
    for (int v = 0; v < vectors; v++) sums[i][v] = (vector){0};
  ptrdiff_t step = g->column_stride * g->channels, run = g->columns * g->channels;
  for (ptrdiff_t r = 0; r < g->rows; r++) {
    if (!rows[r]) continue;
    const float *source = rows[r] + left * g->channels, *w = weight + r * run * g->outputs + k;
    for (ptrdiff_t tap = first; tap < end; tap++) {
      vector weights[VECTORS];
      for (int v = 0; v < vectors; v++) weights[v] = load_part(w + tap * g->outputs + v * LANES, g->outputs - k - v * LANES);
      for (int i = 0; i < outputs; i++) {
        vector value = all(source[i * step + tap]);
        for (int v = 0; v < vectors; v++) sums[i][v] += weights[v] * value;
      }
    }
  }
  for (int v = 0; v < vectors; v++) {
    ptrdiff_t channel = k + v * LANES, place = x * g->outputs + channel, count = g->outputs - channel;
    vector group[SIDE];
    UNROLLED
    for (int i = 0; i < outputs; i++) group[i] = sums[i][v];
    finish_group(group, outputs, e, channel, e->residual ? e->residual + offset + place : NULL, g->outputs, count);
    UNROLLED
    for (int i = 0; i < outputs; i++) store_part(target + place + i * g->outputs, group[i], count);
  }
}

INLINE void direct_columns(const struct gradcam_direct *g, const float *const *rows, const float *weight, float *target,
                           ptrdiff_t offset, const struct gradcam_epilogue *e, ptrdiff_t x, const int outputs) {
  ptrdiff_t left = x * g->column_stride - g->left;
  ptrdiff_t first = left < 0 ? -left : 0;
  ptrdiff_t end = left + g->columns > g->width ? g->width - left : g->columns;
  ptrdiff_t k = 0;
  for (; g->outputs - k >= VECTORS * LANES; k += VECTORS * LANES)
    direct_block(g, rows, weight, target, offset, e, x, k, left, first * g->channels, end * g->channels, outputs, VECTORS);
  for (; k < g->outputs; k += LANES)
    direct_block(g, rows, weight, target, offset, e, x, k, left, first * g->channels, end * g->channels, outputs, 1);
}

// One row of outputs. `rows` are where the source's rows begin, NULL for those outside.
static void direct_row(const struct gradcam_direct *g, const float *const *rows, const float *weight, float *target,
                       ptrdiff_t offset, const struct gradcam_epilogue *e) {
  const struct gradcam_epilogue first = without_long_activation(e);
  ptrdiff_t x = 0;
  while (x < g->output_width) {
    ptrdiff_t left = x * g->column_stride - g->left;
    int is_inside = left >= 0 && left + (SIDE - 1) * g->column_stride + g->columns <= g->width;
    if (is_inside && x + SIDE <= g->output_width) {
      direct_columns(g, rows, weight, target, offset, &first, x, SIDE);
      x += SIDE;
    } else {
      direct_columns(g, rows, weight, target, offset, &first, x, 1);
      x += 1;
    }
  }
  activate_long(target, g->output_width * g->outputs, e);
}

#endif
