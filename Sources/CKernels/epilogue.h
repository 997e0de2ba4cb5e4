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

// A NaN stays one in all of them.
INLINE vector activate(vector x, int activation, float a, float b) {
#pragma clang fp contract(off)
  switch (activation) {
  case GRADCAM_RELU: return choose(x < 0, all(0), x);
  case GRADCAM_CLIP: return held_between(x, a, b);
  // A division would take longer than all the rest.
  case GRADCAM_HARD_SWISH: return x * held_between(x + 3, 0, 6) * (1.0f / 6);
  case GRADCAM_HARD_SIGMOID: return held_between(x * a + b, 0, 1);
  case GRADCAM_SIGMOID: return sigmoid(x);
  case GRADCAM_SILU: return x * sigmoid(x);
  case GRADCAM_STAR_RELU: {
    vector positive = choose(x < 0, all(0), x);
    return positive * positive * a + b;
  }
  case GRADCAM_IDENTITY: return x;
  default: return long_activation(x, activation);
  }
}

// The multiplication and the addition round apart, as they do where a batch norm stands alone.
INLINE vector scaled_and_shifted(vector x, vector scale, vector shift) {
#pragma clang fp contract(off)
  x = x * scale;
  return x + shift;
}

// Activates `n` vectors in place, by one of the activations of few instructions. Which activation it is is asked once for all of them: asked for each, the answer took longer than
// the work.
INLINE void activate_group(vector *x, const int n, const struct gradcam_epilogue *e) {
#define ACTIVATE_ALL(kind) \
  case kind: \
    UNROLLED for (int i = 0; i < n; i++) x[i] = activate(x[i], kind, e->a, e->b); \
    break;
  switch (e->activation) {
    ACTIVATE_ALL(GRADCAM_IDENTITY)
    ACTIVATE_ALL(GRADCAM_RELU)
    ACTIVATE_ALL(GRADCAM_CLIP)
    ACTIVATE_ALL(GRADCAM_HARD_SWISH)
    ACTIVATE_ALL(GRADCAM_HARD_SIGMOID)
    ACTIVATE_ALL(GRADCAM_SIGMOID)
    ACTIVATE_ALL(GRADCAM_SILU)
    ACTIVATE_ALL(GRADCAM_STAR_RELU)
  }
#undef ACTIVATE_ALL
}

// y = sum * scale + shift + residual for `n` vectors of the same `count` (up to 16) channels, from `channel` on; `residual` points at
// the first one's, the others' are `stride` apart.
INLINE void add_group(vector *sums, const int n, const struct gradcam_epilogue *e, ptrdiff_t channel,
                      const float *residual, ptrdiff_t stride, ptrdiff_t count) {
  // The multiplication and the additions round apart, as they do where a batch norm stands alone.
#pragma clang fp contract(off)
  if (e->scale) {
    vector scale = load_part(e->scale + channel, count);
    UNROLLED
    for (int i = 0; i < n; i++) sums[i] = sums[i] * scale;
  }
  if (e->shift) {
    vector shift = load_part(e->shift + channel, count);
    UNROLLED
    for (int i = 0; i < n; i++) sums[i] = sums[i] + shift;
  }
  if (residual) {
    UNROLLED
    for (int i = 0; i < n; i++) sums[i] = sums[i] + load_part(residual + i * stride, count);
  }
}

// The epilogue of such vectors, in place, but for activations of many instructions: inside a convolution's loops those would take the
// registers. They follow once a row is done, by `activate_long`.
INLINE void finish_group(vector *sums, const int n, const struct gradcam_epilogue *e, ptrdiff_t channel,
                         const float *residual, ptrdiff_t stride, ptrdiff_t count) {
  add_group(sums, n, e, channel, residual, stride, count);
  activate_group(sums, n, e);
}

INLINE int is_long(int activation) { return activation >= GRADCAM_GELU; }

INLINE struct gradcam_epilogue without_long_activation(const struct gradcam_epilogue *e) {
  struct gradcam_epilogue result = *e;
  if (is_long(e->activation)) result.activation = GRADCAM_IDENTITY;
  return result;
}

// Activates `count` stored floats, where the activation is one of many instructions.
static void activate_long(float *values, ptrdiff_t count, const struct gradcam_epilogue *e) {
  if (!is_long(e->activation)) return;
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_part(values + i, long_activation(load_part(values + i, count - i), e->activation), count - i);
}

#endif
