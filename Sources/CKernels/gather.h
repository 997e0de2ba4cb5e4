// Patches of a feature map as the rows of a matrix. Neighbouring columns of a kernel's row are neighbours in memory, too.
#ifndef GRADCAM_GATHER_H
#define GRADCAM_GATHER_H

#include "CKernels.h"
#include "vector.h"

// A call costs more than the few floats that a kernel's row has where there are few channels.
INLINE void copy_run(float *target, const float *source, ptrdiff_t count) {
  if (count >= 8 * LANES) {
    memcpy(target, source, (size_t)count * sizeof(float));
    return;
  }
  for (ptrdiff_t i = 0; i < count; i += LANES) store_part(target + i, load_part(source + i, count - i), count - i);
}

INLINE void clear_run(float *target, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += LANES) store_part(target + i, (vector){0}, count - i);
}

static void gather_patches(const float *input, const struct gradcam_patches *g, ptrdiff_t first, ptrdiff_t count,
                           float *patches) {
  ptrdiff_t c = g->channels, run = g->columns * c;
  for (ptrdiff_t position = first; position < first + count; position++) {
    ptrdiff_t x = position % g->output_width, row = position / g->output_width;
    ptrdiff_t y = row % g->output_height, image = row / g->output_height;
    ptrdiff_t left = x * g->column_stride - g->left;
    ptrdiff_t before = left < 0 ? -left : 0;
    ptrdiff_t end = left + g->columns > g->width ? g->width - left : g->columns;
    for (ptrdiff_t r = 0; r < g->rows; r++, patches += run) {
      ptrdiff_t iy = y * g->row_stride - g->top + r * g->row_dilation;
      if (iy < 0 || iy >= g->height || before >= end) {
        clear_run(patches, run);
        continue;
      }
      clear_run(patches, before * c);
      copy_run(patches + before * c, input + ((image * g->height + iy) * g->width + left + before) * c, (end - before) * c);
      clear_run(patches + end * c, run - end * c);
    }
  }
}

#endif
