// Resizing of 8-bit pixels in 22-bit fixed point, as Pillow does it, to the byte.
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

// Resizes a row of pixels of 1 or 3 channels. From `source` on, `readable` bytes may be read, the row's and what
// follows it.
void gradcam_resample_row(const uint8_t *source, size_t readable, const gradcam_axis *axis, int32_t channels,
                          uint8_t *target);

// Adds up `count` rows of `length` samples that follow one another, each times its weight.
void gradcam_add_rows(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target);

#endif
