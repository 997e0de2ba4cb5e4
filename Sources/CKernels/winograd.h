// Winograd's minimal filtering (Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks"): tiles of the input become
// points, points of input and weights are multiplied channel by channel (matrix products, elsewhere), and points become tiles of
// the output. In one dimension each algorithm is three small matrices; in two it is applied to columns, then to rows.
//
// A convolution of stride 2 is the sum of one over the even places of its input, with one tap, and one over the odd places, with two;
// only the latter can be filtered minimally.
#ifndef GRADCAM_WINOGRAD_H
#define GRADCAM_WINOGRAD_H

#include "epilogue.h"

// F(4, 3) at the points 0, 1, -1, 2, -2 and infinity.
INLINE void f43_input(const vector *d, vector *p) {
  p[0] = 4 * d[0] - 5 * d[2] + d[4];
  vector even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
  p[1] = even + odd;
  p[2] = even - odd;
  even = d[4] - d[2];
  odd = 2 * (d[3] - d[1]);
  p[3] = even + odd;
  p[4] = even - odd;
  p[5] = 4 * d[1] - 5 * d[3] + d[5];
}

INLINE void f43_output(const vector *m, vector *y) {
  vector sum1 = m[1] + m[2], difference1 = m[1] - m[2];
  vector sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  y[0] = m[0] + sum1 + sum2;
  y[1] = difference1 + 2 * difference2;
  y[2] = sum1 + 4 * sum2;
  y[3] = difference1 + 8 * difference2 + m[5];
}

INLINE void f43_weights(const vector *g, vector *p) {
  // The same on every processor: model files hold what comes out.
#pragma clang fp contract(off)
  p[0] = g[0] / 4;
  vector even = (g[0] + g[2]) / 6, odd = g[1] / 6;
  p[1] = -(even + odd);
  p[2] = odd - even;
  even = g[0] / 24 + g[2] / 6;
  odd = g[1] / 12;
  p[3] = even + odd;
  p[4] = even - odd;
  p[5] = g[2];
}

// F(2, 3) at 0, 1, -1 and infinity.
INLINE void f23_input(const vector *d, vector *p) {
  p[0] = d[0] - d[2];
  p[1] = d[1] + d[2];
  p[2] = d[2] - d[1];
  p[3] = d[1] - d[3];
}

INLINE void f23_output(const vector *m, vector *y) {
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}

INLINE void f23_weights(const vector *g, vector *p) {
  // The same on every processor: model files hold what comes out.
#pragma clang fp contract(off)
  vector even = (g[0] + g[2]) / 2, odd = g[1] / 2;
  p[0] = g[0];
  p[1] = even + odd;
  p[2] = even - odd;
  p[3] = g[2];
}

// Stride 2: F(2, 2) over the odd places at 0, 1 and infinity.
INLINE void f22s2_input(const vector *d, vector *p) {
  p[0] = d[0] - d[2];
  p[1] = d[2];
  p[2] = d[2] - d[4];
  p[3] = d[1];
  p[4] = d[3];
}

INLINE void f22s2_output(const vector *m, vector *y) {
  y[0] = m[0] + m[1] + m[3];
  y[1] = m[1] - m[2] + m[4];
}

INLINE void f22s2_weights(const vector *g, vector *p) {
  // The same on every processor: model files hold what comes out.
#pragma clang fp contract(off)
  p[0] = g[0];
  p[1] = g[0] + g[2];
  p[2] = g[2];
  p[3] = g[1];
  p[4] = g[1];
}

// The same weight of `count` output channels, `stride` apart.
INLINE vector gather_weights(const float *source, ptrdiff_t stride, ptrdiff_t count) {
  vector value = {0};
  for (ptrdiff_t k = 0; k < LANES && k < count; k++) value[k] = source[k * stride];
  return value;
}

// Defines the three transforms of an algorithm of `POINTS` points a dimension, of as many input places as points, and of `OUTPUTS`
// outputs, whose tiles begin `STEP` places apart in the input.
#define WINOGRAD(NAME, POINTS, OUTPUTS, STEP)                                                                           \
  INLINE void NAME##_input_block(const float *source, ptrdiff_t row, ptrdiff_t column, float *points, ptrdiff_t stride, \
                                 ptrdiff_t count) {                                                                    \
    vector half[POINTS][POINTS];                                                                                        \
    for (int x = 0; x < POINTS; x++) {                                                                                  \
      vector d[POINTS], p[POINTS];                                                                                      \
      for (int y = 0; y < POINTS; y++) d[y] = load_part(source + y * row + x * column, count);                          \
      NAME##_input(d, p);                                                                                               \
      for (int y = 0; y < POINTS; y++) half[y][x] = p[y];                                                               \
    }                                                                                                                   \
    for (int y = 0; y < POINTS; y++) {                                                                                  \
      vector p[POINTS];                                                                                                 \
      NAME##_input(half[y], p);                                                                                         \
      for (int x = 0; x < POINTS; x++) store_part(points + (y * POINTS + x) * stride, p[x], count);                     \
    }                                                                                                                   \
  }                                                                                                                     \
                                                                                                                        \
  static void NAME##_input_tiles(const float *map, float *points, const struct gradcam_winograd_tiles *t) {             \
    ptrdiff_t c = t->channels, stride = t->count * c;                                                                   \
    for (ptrdiff_t tile = t->begin; tile < t->end; tile++) {                                                                 \
      ptrdiff_t number = t->first + tile, image = number / (t->rows * t->columns);                                      \
      ptrdiff_t place = number % (t->rows * t->columns);                                                                \
      ptrdiff_t y0 = place / t->columns * STEP - t->top, x0 = place % t->columns * STEP - t->left;                      \
      int inside = y0 >= 0 && x0 >= 0 && y0 + POINTS <= t->height && x0 + POINTS <= t->width;                           \
      const float *base = map + image * t->height * t->width * c;                                                      \
      for (ptrdiff_t k = t->channel; k < t->channel_end; k += LANES) {                                                  \
        ptrdiff_t count = t->channel_end - k;                                                                           \
        float *target = points + tile * c + k;                                                                          \
        if (inside && count >= LANES) {                                                                                 \
          NAME##_input_block(base + (y0 * t->width + x0) * c + k, t->width * c, c, target, stride, LANES);              \
          continue;                                                                                                     \
        }                                                                                                               \
        float window[POINTS][POINTS][LANES];                                                                            \
        for (int y = 0; y < POINTS; y++) {                                                                              \
          for (int x = 0; x < POINTS; x++) {                                                                            \
            int there = y0 + y >= 0 && y0 + y < t->height && x0 + x >= 0 && x0 + x < t->width;                          \
            vector value = {0};                                                                                         \
            if (there) value = load_part(base + ((y0 + y) * t->width + x0 + x) * c + k, count);                         \
            store(window[y][x], value);                                                                                 \
          }                                                                                                             \
        }                                                                                                               \
        NAME##_input_block(window[0][0], POINTS * LANES, LANES, target, stride, count > LANES ? LANES : count);         \
      }                                                                                                                 \
    }                                                                                                                   \
  }                                                                                                                     \
                                                                                                                        \
  static void NAME##_output_tiles(const float *points, float *map, const struct gradcam_winograd_tiles *t,              \
                                  const struct gradcam_epilogue *e) {                                                   \
    ptrdiff_t c = t->channels, stride = t->count * c;                                                                   \
    for (ptrdiff_t tile = t->begin; tile < t->end; tile++) {                                                                 \
      ptrdiff_t number = t->first + tile, image = number / (t->rows * t->columns);                                      \
      ptrdiff_t place = number % (t->rows * t->columns);                                                                \
      ptrdiff_t y0 = place / t->columns * OUTPUTS, x0 = place % t->columns * OUTPUTS;                                   \
      ptrdiff_t height = t->height - y0 < OUTPUTS ? t->height - y0 : OUTPUTS;                                           \
      ptrdiff_t width = t->width - x0 < OUTPUTS ? t->width - x0 : OUTPUTS;                                              \
      ptrdiff_t origin = ((image * t->height + y0) * t->width + x0) * c;                                                \
      for (ptrdiff_t k = t->channel; k < t->channel_end; k += LANES) {                                                  \
        ptrdiff_t count = t->channel_end - k;                                                                           \
        const float *source = points + tile * c + k;                                                                    \
        vector half[OUTPUTS][POINTS];                                                                                   \
        for (int x = 0; x < POINTS; x++) {                                                                              \
          vector m[POINTS], y[OUTPUTS];                                                                                 \
          for (int p = 0; p < POINTS; p++) m[p] = load_part(source + (p * POINTS + x) * stride, count);                 \
          NAME##_output(m, y);                                                                                          \
          for (int o = 0; o < OUTPUTS; o++) half[o][x] = y[o];                                                          \
        }                                                                                                               \
        for (ptrdiff_t oy = 0; oy < height; oy++) {                                                                     \
          vector y[OUTPUTS];                                                                                            \
          NAME##_output(half[oy], y);                                                                                   \
          for (ptrdiff_t ox = 0; ox < width; ox++) {                                                                    \
            ptrdiff_t offset = origin + (oy * t->width + ox) * c + k;                                                   \
            vector value = finish(y[ox], e, k, e->residual ? e->residual + offset : NULL, count);                       \
            store_part(map + offset, value, count);                                                                     \
          }                                                                                                             \
        }                                                                                                               \
      }                                                                                                                 \
    }                                                                                                                   \
  }                                                                                                                     \
                                                                                                                        \
  static void NAME##_weight_panel(const struct gradcam_weight_view *w, float *points, ptrdiff_t stride) {               \
    for (ptrdiff_t c = 0; c < w->channels; c++) {                                                                       \
      for (ptrdiff_t k = 0; k < w->outputs; k += LANES) {                                                               \
        const float *source = w->base + c * w->channel_stride + k * w->output_stride;                                   \
        ptrdiff_t count = w->outputs - k;                                                                               \
        vector half[POINTS][3];                                                                                         \
        for (int s = 0; s < 3; s++) {                                                                                   \
          vector g[3], p[POINTS];                                                                                       \
          for (int r = 0; r < 3; r++)                                                                                   \
            g[r] = gather_weights(source + r * w->row_stride + s * w->column_stride, w->output_stride, count);          \
          NAME##_weights(g, p);                                                                                         \
          for (int y = 0; y < POINTS; y++) half[y][s] = p[y];                                                           \
        }                                                                                                               \
        for (int y = 0; y < POINTS; y++) {                                                                              \
          vector p[POINTS];                                                                                             \
          NAME##_weights(half[y], p);                                                                                   \
          for (int x = 0; x < POINTS; x++)                                                                              \
            store_part(points + (y * POINTS + x) * stride + c * w->outputs + k, p[x], count);                           \
        }                                                                                                               \
      }                                                                                                                 \
    }                                                                                                                   \
  }

WINOGRAD(f43, 6, 4, 4)
WINOGRAD(f23, 4, 2, 2)
WINOGRAD(f22s2, 5, 2, 4)

#endif
