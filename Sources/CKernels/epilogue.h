// What is done to a sum before it is stored: y = f(sum * scale + shift + residual).
#ifndef GRADCAM_EPILOGUE_H
#define GRADCAM_EPILOGUE_H

#include "CKernels.h"
#include "vector.h"

// e to the x, to 2e-7 of the value: infinite from 88.4 on, 1e-38 below -87.3, NaN of NaN. The twin of Exponential.swift.
INLINE vector exponential(vector x) {
  vector held = choose(x > 89, all(89), choose(x < -87.3f, all(-87.3f), x));
  // x = n * ln 2 + rest. Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
  const float rounder = 12582912;
  vector shifted = held * 1.442695f + rounder;
  vector n = shifted - rounder;
  // ln 2 in two parts: the first has few enough digits that its product with n is exact.
  vector rest = (held - n * 0.6933594f) + n * 0.00021219444f;
  vector sum = rest * (1.0f / 5040) + 1.0f / 720;
  sum = sum * rest + 1.0f / 120;
  sum = sum * rest + 1.0f / 24;
  sum = sum * rest + 1.0f / 6;
  sum = sum * rest + 0.5f;
  sum = (sum * rest + 1) * rest + 1;
  lanes power = ((lanes)shifted - 0x4B400000 + 127) << 23;
  return sum * (vector)power;
}

INLINE vector sigmoid(vector x) { return 1 / (1 + exponential(-x)); }

INLINE vector held_between(vector x, float low, float high) {
  vector raised = choose(x < low, all(low), x);
  return choose(raised > high, all(high), raised);
}

// A NaN stays one in all of them.
INLINE vector activate(vector x, int activation, float a, float b) {
#pragma clang fp contract(off)
  switch (activation) {
  case GRADCAM_RELU: return choose(x < 0, all(0), x);
  case GRADCAM_CLIP: return held_between(x, a, b);
  case GRADCAM_HARD_SWISH: return x * held_between(x + 3, 0, 6) / 6;
  case GRADCAM_HARD_SIGMOID: return held_between(x * a + b, 0, 1);
  case GRADCAM_SIGMOID: return sigmoid(x);
  case GRADCAM_SILU: return x * sigmoid(x);
  default: return x;
  }
}

// Finishes `count` (up to 16) channels, from `channel` on; `residual` points at the first of them.
INLINE vector finish(vector sum, const struct gradcam_epilogue *e, ptrdiff_t channel, const float *residual,
                     ptrdiff_t count) {
  // The multiplication and the additions round apart, as they do where a batch norm stands alone.
#pragma clang fp contract(off)
  if (e->scale) sum = sum * load_part(e->scale + channel, count);
  if (e->shift) sum = sum + load_part(e->shift + channel, count);
  if (residual) sum = sum + load_part(residual, count);
  return activate(sum, e->activation, e->a, e->b);
}

#endif
