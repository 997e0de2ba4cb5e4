// What the kernels that resize 8-bit pixels in 22-bit fixed point, as Pillow does it to the byte, are given.
#ifndef GRADCAM_CRESAMPLING_H
#define GRADCAM_CRESAMPLING_H

#include <stddef.h>
#include <stdint.h>

// One axis of a resize: target sample x is the sum of `counts[x]` samples of the source, from `firsts[x]` on, times the
// weights from `x * stride` on, which are in fixed point with 22 bits behind the point and zero from `counts[x]` to
// `stride`; a stride that is a multiple of four is faster. The sums are rounded and held to 0...255.
typedef struct {
  const ptrdiff_t *firsts, *counts;
  const int32_t *weights;
  ptrdiff_t stride, length;
} gradcam_axis;

#endif
