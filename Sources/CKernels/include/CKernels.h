// Inner loops that want the processor's own instructions. Every kernel is one source; a level is all of them compiled for some
// processors, in a file of its own (level_*.c), and chosen at run time (levels.c).
//
// To add a level: name it in `enum gradcam_level`, among its family's and behind those that it outdoes; write level_NAME.c, which sets the
// compiler's target, says whether it has masks (vector.h), names the table and includes kernels.h; test for it in levels.c, and return its
// table there. Nothing else changes: vectors are 16 floats on every level, and the compiler makes them of the level's registers. The
// portable level is what every processor of the family has: SSE2 on x86-64, NEON on arm64, four registers a vector. SHA-256 has levels of
// its own, by the same scheme.
//
// Feature maps are channels-last: channels run innermost and are contiguous. Counts are of floats unless said.
#ifndef GRADCAM_CKERNELS_H
#define GRADCAM_CKERNELS_H

#include "CEpilogue.h"
#include "CFingerprint.h"
#include "CLanes.h"
#include "CResampling.h"
#include "CSHA256.h"

#include <stddef.h>
#include <stdint.h>

// One side of a Winograd transform: where a block of tiles lies in a feature map, and in the matrices of its points.
//
// A matrix a point, one after the other: a row a tile, a column a channel.
struct gradcam_winograd_tiles {
  // The map of one image or several: rows and columns of an image, and channels.
  ptrdiff_t height, width, channels;
  // Tiles in an image's rows and columns, numbered over all images.
  ptrdiff_t rows, columns;
  // What is added above and left of the input; unused for outputs.
  ptrdiff_t top, left;
  // The tile of the matrices' first row, and how many rows they have; the rows to transform.
  ptrdiff_t first, count;
  ptrdiff_t begin, end;
};

// A convolution's weights for some of its outputs, wherever they lie; strides may be negative.
struct gradcam_weight_view {
  const float *base;
  ptrdiff_t outputs, channels;
  ptrdiff_t output_stride, channel_stride, row_stride, column_stride;
};

// The transforms of one Winograd algorithm.
struct gradcam_winograd {
  // A matrix a point, `stride` apart: a row a channel, a column an output.
  void (*weights)(const struct gradcam_weight_view *, float *points, ptrdiff_t stride);
  void (*input)(const float *map, float *points, const struct gradcam_winograd_tiles *);
  void (*output)(const float *points, float *map, const struct gradcam_winograd_tiles *, const struct gradcam_epilogue *);
};

// The windows of one row of outputs: which source rows they meet, and by output column which source columns.
struct gradcam_taps {
  // Where the rows begin in the source, and in the weights.
  const float *const *rows;
  const ptrdiff_t *row_weights;
  ptrdiff_t row_count;
  // By output column where its taps begin, and at last where they end; by tap the source's column and the kernel's, as floats from
  // the row's beginning.
  const int32_t *starts, *places, *columns;
  ptrdiff_t width, channels;
};

// A window that moves over a row in even steps: output x meets the `kernel` columns from `x * step - left` on, where they are in
// the source.
struct gradcam_stride {
  ptrdiff_t kernel, step, left, source_width;
  // Whether the kernel's columns come in reverse.
  int is_turned;
};

// The sizes of a convolution in one group, for gathering its patches.
struct gradcam_patches {
  ptrdiff_t height, width, channels;
  ptrdiff_t rows, columns;
  ptrdiff_t row_stride, column_stride, row_dilation;
  ptrdiff_t top, left;
  ptrdiff_t output_height, output_width;
};

// The sizes of a convolution of few channels, but for what differs from row to row.
struct gradcam_direct {
  ptrdiff_t width, channels, outputs;
  ptrdiff_t rows, columns, column_stride, left;
  ptrdiff_t output_width;
};

// The levels, each faster than those before it: a processor that can do one can do those.
enum gradcam_level {
  GRADCAM_PORTABLE,
#if defined(__x86_64__)
  GRADCAM_AVX2,   // with FMA
  GRADCAM_AVX512, // F, BW, DQ and VL
#endif
};

// The kernels of one level.
struct gradcam_kernels {
  const char *name;
  struct gradcam_winograd f43;   // F(4x4, 3x3)
  struct gradcam_winograd f23;   // F(2x2, 3x3)
  struct gradcam_winograd f22s2; // 2x2 outputs of a 3x3 kernel of stride 2
  // target = epilogue(source) for `rows` rows of `count` channels each, from `channel` on. Rows of the source are `source_stride`
  // apart, those of the target and of the residual `stride`; `offset` is where the first stands in the residual.
  void (*finish)(const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t rows, ptrdiff_t count,
                 ptrdiff_t stride, ptrdiff_t channel, ptrdiff_t offset, const struct gradcam_epilogue *);
  // target = activation(source), `count` floats; they may be the same.
  void (*activate)(const float *source, float *target, ptrdiff_t count, int activation, float a, float b);
  // target = gradient * the activation's slope at x, 0 where either is 0; for GELU, its approximation and erf.
  void (*descend)(const float *gradient, const float *x, float *target, ptrdiff_t count, int activation);
  // y = e^x / sum of e^x along lanes, for the bundles from `begin` to `end`; x and y may be the same.
  void (*softmax)(const float *x, float *y, const struct gradcam_lanes *, ptrdiff_t begin, ptrdiff_t end);
  // Its gradient: target = y * (gradient - sum of gradient * y).
  void (*softmax_back)(const float *gradient, const float *y, float *target, const struct gradcam_lanes *,
                       ptrdiff_t begin, ptrdiff_t end);
  // A norm along lanes, for the bundles from `begin` to `end`; x and y may be the same.
  void (*standardize)(const float *x, float *y, const struct gradcam_lanes *, const struct gradcam_norm *,
                      ptrdiff_t begin, ptrdiff_t end);
  // Its gradient, through the statistics.
  void (*standardize_back)(const float *gradient, const float *x, float *target, const struct gradcam_lanes *,
                           const struct gradcam_norm *, ptrdiff_t begin, ptrdiff_t end);
  // A row of a depthwise convolution with weights R S C; the row stands at `offset` in the residual. A stride of all zeros says
  // that the windows do not move evenly.
  void (*depthwise)(const struct gradcam_taps *, const struct gradcam_stride *, const float *weight, float *target,
                    ptrdiff_t offset, const struct gradcam_epilogue *);
  // A row of a convolution of few channels with weights R S C K; `rows` are where the source's rows begin, NULL for those outside.
  void (*direct)(const struct gradcam_direct *, const float *const *rows, const float *weight, float *target,
                 ptrdiff_t offset, const struct gradcam_epilogue *);
  // A row of maxima over windows.
  void (*max_pool)(const struct gradcam_taps *, float *target);
  // The patches of `count` output positions from `first` on as rows R S C.
  void (*gather)(const float *input, const struct gradcam_patches *, ptrdiff_t first, ptrdiff_t count, float *patches);
  // Resizes rows of 8-bit pixels of 1 or 3 channels, `stride` bytes apart; the target's follow one another. From `source` on,
  // `readable` bytes may be read, the rows' and what follows them.
  void (*resample_rows)(const uint8_t *source, ptrdiff_t stride, ptrdiff_t rows, size_t readable, const gradcam_axis *,
                        int32_t channels, uint8_t *target);
  // Adds up `count` rows of `length` 8-bit samples that follow one another, each times its weight.
  void (*add_rows)(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target);
  // Softmax along `rows` rows of `count` scores, one behind the other, in place.
  void (*attention_shares)(float *scores, ptrdiff_t rows, ptrdiff_t count);
};

// The fastest level that the processor can do.
int gradcam_best_level(void);

// The kernels of a level that the processor can do.
const struct gradcam_kernels *gradcam_kernels_for(int level);

// Tells the processor that this thread waits for another.
static inline void gradcam_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
