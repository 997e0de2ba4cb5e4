// What is done to a sum before it is stored: y = f(sum * scale + shift + residual).
#ifndef GRADCAM_EPILOGUE_H
#define GRADCAM_EPILOGUE_H

#include "CKernels.h"
#include "elementary.h"
#include "vector.h"

INLINE vector held_between(vector x, float low, float high) {
  vector raised = choose(x < low, all(low), x);
  return choose(raised > high, all(high), raised);
}

// x * normal(x), as written out: x times 1 + erf(x / sqrt 2), times a half. The same roundings, so that it may replace those.
INLINE vector gelu(vector x) {
#pragma clang fp contract(off)
  return x * (1 + error_function(x / 1.41421356f)) * 0.5f;
}

// The argument of the hyperbolic tangent in GELU's approximation: sqrt(2 / pi) * (x + 0.044715 * x^3).
INLINE vector gelu_argument(vector x) { return 0.79788456f * (x + 0.044715f * x * x * x); }

// The activations that take many instructions.
INLINE vector long_activation(vector x, int activation) {
#pragma clang fp contract(off)
  switch (activation) {
  case GRADCAM_GELU: return gelu(x);
  case GRADCAM_GELU_TANH: return 0.5f * x * (1 + hyperbolic_tangent(gelu_argument(x)));
  case GRADCAM_ERF: return error_function(x);
  case GRADCAM_TANH: return hyperbolic_tangent(x);
  default: return x;
  }
}

// The same by a call: in each of the convolutions' many loops they would take more room than the loops.
static __attribute__((noinline)) void activate_apart(vector *x, int activation) { *x = long_activation(*x, activation); }

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
  case GRADCAM_STAR_RELU: {
    vector positive = choose(x < 0, all(0), x);
    return positive * positive * a + b;
  }
  case GRADCAM_IDENTITY: return x;
  default: {
    vector value = x;
    activate_apart(&value, activation);
    return value;
  }
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
