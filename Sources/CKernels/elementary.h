// Elementary functions of vectors. NaN stays NaN in all of them.
#ifndef GRADCAM_ELEMENTARY_H
#define GRADCAM_ELEMENTARY_H

#include "vector.h"

// e to the x for x from -87.3 to 89, to 2e-7 of the value.
INLINE vector power_of_e(vector held) {
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

// e to the x, to 2e-7 of the value: infinite from 88.4 on, 1e-38 below -87.3. The twin of Exponential.swift.
INLINE vector exponential(vector x) { return power_of_e(choose(x > 89, all(89), choose(x < -87.3f, all(-87.3f), x))); }

// The same of x up to 0, but 0 below -87.3, where shares and tails end.
INLINE vector decay(vector x) {
  lanes ends = x < -87.3f;
  return choose(ends, all(0), power_of_e(choose(ends, all(0), x)));
}

INLINE vector sigmoid(vector x) { return 1 / (1 + exponential(-x)); }

INLINE vector magnitude(vector x) { return (vector)((lanes)x & 0x7FFFFFFF); }

// `size`, which is not negative, with the sign of `x`.
INLINE vector with_sign(vector size, vector x) { return (vector)((lanes)size | ((lanes)x & (lanes)all(-0.0f))); }

// 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x, to 1.2e-7.
//
// Below 1 x times a polynomial in x^2, above 1 - e^-q(x); both are minimax fits, to 1e-9 of the value and of 1.
INLINE vector error_function(vector x) {
  vector size = magnitude(x);
  vector square = x * x;
  vector near = square * 7.853858e-5f - 0.0008010193f;
  near = near * square + 0.0051883277f;
  near = near * square - 0.026853811f;
  near = near * square + 0.112835854f;
  near = near * square - 0.37612626f;
  near = x + x * (near * square + 0.12837911f);
  // From 4 on it is 1 to rounding.
  vector held = choose(size > 4, all(4), size);
  vector exponent = held * -0.00018557490f + 0.0029396156f;
  exponent = exponent * held - 0.021805352f;
  exponent = exponent * held + 0.10303743f;
  exponent = exponent * held + 0.6382256f;
  exponent = exponent * held + 1.127040f;
  exponent = exponent * held + 0.00035370892f;
  vector far = with_sign(1 - power_of_e(-exponent), x);
  return choose(size < 1, near, far);
}

// To 1.5e-7. Below 0.625 x and a minimax polynomial, above 1 - 2 / (e^2x + 1).
INLINE vector hyperbolic_tangent(vector x) {
  vector size = magnitude(x);
  vector square = x * x;
  vector near = square * -0.005717037f + 0.020650579f;
  near = near * square - 0.053743497f;
  near = near * square + 0.13331491f;
  near = near * square - 0.33333284f;
  near = x + x * square * near;
  // From 10 on it is 1 to rounding.
  vector held = choose(size > 10, all(10), size);
  vector far = with_sign(1 - 2 / (power_of_e(held + held) + 1), x);
  return choose(size < 0.625f, near, far);
}

#endif
