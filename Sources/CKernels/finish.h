// An epilogue over whole rows, such as a matrix product leaves; an activation over a whole tensor.
#ifndef GRADCAM_FINISH_H
#define GRADCAM_FINISH_H

#include "epilogue.h"

static void finish_rows(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows, ptrdiff_t count,
                        ptrdiff_t stride, ptrdiff_t channel, ptrdiff_t offset, const struct gradcam_epilogue *e) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *sums = source + row * source_stride;
    float *results = target + row * stride;
    const float *residual = e->residual ? e->residual + offset + row * stride : NULL;
    for (ptrdiff_t c = 0; c < count; c += LANES) {
      vector value = finish(load_part(sums + c, count - c), e, channel + c, residual ? residual + c : NULL, count - c);
      store_part(results + c, value, count - c);
    }
  }
}

static void activate_all(const float *source, float *target, ptrdiff_t count, int activation, float a, float b) {
  if (activation >= GRADCAM_GELU) {
    for (ptrdiff_t i = 0; i < count; i += LANES)
      store_part(target + i, long_activation(load_part(source + i, count - i), activation), count - i);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_part(target + i, activate(load_part(source + i, count - i), activation, a, b), count - i);
}

#endif
