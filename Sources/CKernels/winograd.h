// Winograd's minimal filtering (Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks"): tiles of the input become
// points, points of input and weights are multiplied channel by channel (matrix products, elsewhere), and points become tiles of
// the output. In one dimension each algorithm is three small matrices; in two it is applied to columns, then to rows.
//
// A convolution of stride 2 is the sum of one over the even places of its input, with one tap, and one over the odd places, with two;
// only the latter can be filtered minimally.
#ifndef GRADCAM_WINOGRAD_H
#define GRADCAM_WINOGRAD_H

#include "epilogue.h"

// Weights' points are the same on every processor: model files hold them. Nothing is contracted there.

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

// Which image a tile belongs to, and which of that image's rows and columns of tiles it stands in.
struct tile_place {
  ptrdiff_t image, row, column;
};

INLINE struct tile_place place_of(ptrdiff_t tile, const struct gradcam_winograd_tiles *t) {
  ptrdiff_t number = t->first + tile, image = number / (t->rows * t->columns);
  ptrdiff_t place = number % (t->rows * t->columns);
  return (struct tile_place){image, place / t->columns, place % t->columns};
}

#define ALGORITHM f43
#define POINTS 6
#define OUTPUTS 4
#define STEP 4
#include "winograd_tiles.h"

#define ALGORITHM f23
#define POINTS 4
#define OUTPUTS 2
#define STEP 2
#include "winograd_tiles.h"

#define ALGORITHM f22s2
#define POINTS 5
#define OUTPUTS 2
#define STEP 4
#include "winograd_tiles.h"

#endif
