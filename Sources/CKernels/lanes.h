// Bundles of lanes, and sums over them. Sums are taken in doubles, in an order that the length alone decides.
#ifndef GRADCAM_LANES_H
#define GRADCAM_LANES_H

#include "CKernels.h"
#include "vector.h"

typedef double wide __attribute__((vector_size(128)));

INLINE wide widened(vector x) { return __builtin_convertvector(x, wide); }
INLINE vector narrowed(wide x) { return __builtin_convertvector(x, vector); }

INLINE double sum_of(wide x) {
  double sums[LANES];
  memcpy(sums, &x, sizeof sums);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) sums[i] += sums[i + half];
  return sums[0];
}

// `filling` in all but the first `count`.
INLINE vector filled(vector x, ptrdiff_t count, float filling) {
  if (count >= LANES) return x;
  const lanes places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return choose(places < (int32_t)count, x, all(filling));
}

// Where a bundle begins.
INLINE ptrdiff_t bundle_start(const struct gradcam_lanes *l, ptrdiff_t bundle) {
  if (l->step == 1) return bundle * l->size;
  ptrdiff_t each = (l->step + LANES - 1) / LANES;
  return bundle / each * l->size * l->step + bundle % each * LANES;
}

// How many lanes a bundle of neighbours has.
INLINE ptrdiff_t bundle_width(const struct gradcam_lanes *l, ptrdiff_t bundle) {
  ptrdiff_t each = (l->step + LANES - 1) / LANES;
  ptrdiff_t rest = l->step - bundle % each * LANES;
  return rest < LANES ? rest : LANES;
}

#endif
