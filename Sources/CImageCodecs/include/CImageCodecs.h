// JPEG and PNG in memory, and the inner loops of resizing.
//
// Both libraries report errors by longjmp, which Swift must never see: each function of theirs does a whole job, returns
// false where the bytes are at fault, frees all that it took, and prints nothing.
#ifndef GRADCAM_CIMAGECODECS_H
#define GRADCAM_CIMAGECODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t width, height;
  // 1 for gray, 3 for RGB: what the decoded samples have.
  int32_t channels;
  // EXIF's 1...8; 1 where the file says nothing.
  int32_t orientation;
  // How many eighths of its width and height a JPEG is to be decoded at, rounded up to whole pixels; the header
  // functions set 8, which alone gives what other decoders do. PNG is always decoded whole.
  int32_t eighths;
  // What is wrong after a failure, a warning after a success; empty without one.
  char message[256];
} gradcam_picture;

// Reads the header alone; allocates nothing that grows with the picture.
bool gradcam_jpeg_header(const uint8_t *bytes, size_t count, gradcam_picture *picture);
bool gradcam_png_header(const uint8_t *bytes, size_t count, gradcam_picture *picture);

// Decodes into `samples`, which has room for the width * height * channels bytes that the header function found in
// the same `picture`, or for what `eighths` makes of them; rows follow one another without gaps. Fails if the bytes
// have another size by now.
bool gradcam_jpeg_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, uint8_t *samples);
bool gradcam_png_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, uint8_t *samples);

typedef struct {
  // 1 to 79 characters of ASCII.
  const char *keyword;
  // UTF-8; written as tEXt where it is ASCII, as iTXt where it is not.
  const char *text;
} gradcam_png_text;

typedef struct {
  // zlib's, 0...9.
  int32_t level;
  // zlib's, 0...3: default, filtered, Huffman codes alone, runs.
  int32_t strategy;
  // One of PNG's filters for all rows, 0...4, or 5 to choose one row by row.
  int32_t filter;
} gradcam_png_options;

// Encodes 8-bit gray (`picture->channels` 1) or RGB (3) to `*bytes`, which the caller frees; the same input gives the
// same bytes.
bool gradcam_png_encode(const uint8_t *samples, gradcam_picture *picture, const gradcam_png_text *texts,
                        size_t text_count, gradcam_png_options options, uint8_t **bytes, size_t *count);

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
