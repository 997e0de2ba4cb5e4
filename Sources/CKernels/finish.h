// An epilogue over whole rows, such as a matrix product leaves; an activation over a whole tensor.
#ifndef GRADCAM_FINISH_H
#define GRADCAM_FINISH_H

#include "epilogue.h"

// With an activation that takes many instructions, which stand in the loop here.
static void finish_rows_long(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows,
                             ptrdiff_t count, ptrdiff_t stride, ptrdiff_t channel, ptrdiff_t offset,
                             const struct gradcam_epilogue *e) {
  struct gradcam_epilogue plain = *e;
  plain.activation = GRADCAM_IDENTITY;
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *residual = e->residual ? e->residual + offset + row * stride : NULL;
    for (ptrdiff_t c = 0; c < count; c += LANES) {
      vector sum = load_part(source + row * source_stride + c, count - c);
      vector value = finish(sum, &plain, channel + c, residual ? residual + c : NULL, count - c);
      store_part(target + row * stride + c, long_activation(value, e->activation), count - c);
    }
  }
}

static void finish_rows(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows, ptrdiff_t count,
                        ptrdiff_t stride, ptrdiff_t channel, ptrdiff_t offset, const struct gradcam_epilogue *e) {
  if (e->activation >= GRADCAM_GELU)
    return finish_rows_long(source, source_stride, target, rows, count, stride, channel, offset, e);
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
