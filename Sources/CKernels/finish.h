// An epilogue over whole rows, such as a matrix product leaves; an activation over a whole tensor.
#ifndef GRADCAM_FINISH_H
#define GRADCAM_FINISH_H

#include "epilogue.h"

// Finishes `count` channels, up to 16, of all rows: scale and shift stay in registers, and which activation it is is asked once.
INLINE void finish_column(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows, ptrdiff_t count,
                          ptrdiff_t stride, ptrdiff_t channel, const float *residual, const struct gradcam_epilogue *e) {
  // Multiplying by 1 and adding -0 change nothing.
  const vector scale = e->scale ? load_part(e->scale + channel, count) : all(1);
  const vector shift = e->shift ? load_part(e->shift + channel, count) : all(-0.0f);
  const float a = e->a, b = e->b;
#define FINISH_ALL(kind, activated) \
  case kind: \
    for (ptrdiff_t row = 0; row < rows; row++, source += source_stride, target += stride) { \
      vector x = scaled_and_shifted(load_part(source, count), scale, shift); \
      if (residual) x = x + load_part(residual + row * stride, count); \
      store_part(target, activated, count); \
    } \
    break;
  switch (e->activation) {
    FINISH_ALL(GRADCAM_IDENTITY, x)
    FINISH_ALL(GRADCAM_RELU, activate(x, GRADCAM_RELU, a, b))
    FINISH_ALL(GRADCAM_CLIP, activate(x, GRADCAM_CLIP, a, b))
    FINISH_ALL(GRADCAM_HARD_SWISH, activate(x, GRADCAM_HARD_SWISH, a, b))
    FINISH_ALL(GRADCAM_HARD_SIGMOID, activate(x, GRADCAM_HARD_SIGMOID, a, b))
    FINISH_ALL(GRADCAM_SIGMOID, activate(x, GRADCAM_SIGMOID, a, b))
    FINISH_ALL(GRADCAM_SILU, activate(x, GRADCAM_SILU, a, b))
    FINISH_ALL(GRADCAM_STAR_RELU, activate(x, GRADCAM_STAR_RELU, a, b))
    FINISH_ALL(GRADCAM_GELU, long_activation(x, GRADCAM_GELU))
    FINISH_ALL(GRADCAM_GELU_TANH, long_activation(x, GRADCAM_GELU_TANH))
    FINISH_ALL(GRADCAM_ERF, long_activation(x, GRADCAM_ERF))
    FINISH_ALL(GRADCAM_TANH, long_activation(x, GRADCAM_TANH))
  }
#undef FINISH_ALL
}

static void finish_rows(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows, ptrdiff_t count,
                        ptrdiff_t stride, ptrdiff_t channel, ptrdiff_t offset, const struct gradcam_epilogue *e) {
  const float *residual = e->residual ? e->residual + offset : NULL;
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    const float *added = residual ? residual + c : NULL;
    if (count - c >= LANES) {
      finish_column(source + c, source_stride, target + c, rows, LANES, stride, channel + c, added, e);
    } else {
      finish_column(source + c, source_stride, target + c, rows, count - c, stride, channel + c, added, e);
    }
  }
}

static void activate_all(const float *source, float *target, ptrdiff_t count, int activation, float a, float b) {
  if (is_long(activation)) {
    for (ptrdiff_t i = 0; i < count; i += LANES)
      store_part(target + i, long_activation(load_part(source + i, count - i), activation), count - i);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_part(target + i, activate(load_part(source + i, count - i), activation, a, b), count - i);
}

#endif
