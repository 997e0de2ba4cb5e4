// Activations' gradients, where their slopes take elementary functions.
#ifndef GRADCAM_SLOPES_H
#define GRADCAM_SLOPES_H

#include "epilogue.h"

INLINE vector slope(vector x, int activation) {
  switch (activation) {
  case GRADCAM_GELU: {
    // normal(x) + x * density(x); 0.39894228 is 1 / sqrt(2 * pi).
    vector normal = 0.5f * (1 + error_function(x * 0.70710678f));
    return normal + x * 0.39894228f * decay(-0.5f * x * x);
  }
  case GRADCAM_GELU_TANH: {
    vector argument = gelu_argument(x);
    // 1 - tanh^2, from e^-2|u|: the difference itself would lose its digits.
    vector power = decay(-2 * magnitude(argument));
    vector steepness = 4 * power / ((1 + power) * (1 + power));
    vector inner = 0.79788456f * (1 + 3 * 0.044715f * x * x);
    return 0.5f * (1 + hyperbolic_tangent(argument)) + 0.5f * x * steepness * inner;
  }
  // 1.1283792 is 2 / sqrt(pi).
  case GRADCAM_ERF: return 1.1283792f * decay(-x * x);
  // A slope of 0 would be a wrong gradient that nobody sees.
  default: __builtin_trap();
  }
}

static void descend_all(const float *gradient, const float *x, float *target, ptrdiff_t count, int activation) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    vector above = load_part(gradient + i, count - i);
    vector steepness = slope(load_part(x + i, count - i), activation);
    // 0 times infinity is NaN: where either is 0, so is the gradient.
    lanes is_none = (steepness == 0) | (above == 0);
    store_part(target + i, choose(is_none, all(0), above * steepness), count - i);
  }
}

#endif
