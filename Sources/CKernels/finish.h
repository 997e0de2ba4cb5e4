// An epilogue over whole rows, for sums that a matrix product left; an activation over a whole tensor.
#ifndef GRADCAM_FINISH_H
#define GRADCAM_FINISH_H

#include "epilogue.h"

static void finish_rows(float *sums, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t channel,
                        ptrdiff_t offset, const struct gradcam_epilogue *e) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    float *target = sums + row * stride;
    const float *residual = e->residual ? e->residual + offset + row * stride : NULL;
    for (ptrdiff_t c = 0; c < count; c += LANES) {
      vector sum = load_part(target + c, count - c);
      store_part(target + c, finish(sum, e, channel + c, residual ? residual + c : NULL, count - c), count - c);
    }
  }
}

static void activate_all(const float *source, float *target, ptrdiff_t count, int activation, float a, float b) {
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_part(target + i, activate(load_part(source + i, count - i), activation, a, b), count - i);
}

#endif
