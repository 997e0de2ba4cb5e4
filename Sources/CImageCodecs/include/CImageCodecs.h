// JPEG and PNG in memory.
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
  // The bits of a decoded sample: 8 in a byte, or 16 in the machine's order of bytes.
  int32_t depth;
  // How many of 16 bits are significant, by channel; all 0 where the file does not say.
  uint8_t significant[3];
  // EXIF's 1...8; 1 where the file says nothing.
  int32_t orientation;
  // How many eighths of its width and height a JPEG is to be decoded at, rounded up to whole pixels; the header
  // functions set 8, which alone gives what other decoders do. PNG is always decoded whole.
  int32_t eighths;
  // Before the header functions: what three components of a JPEG are where neither its markers nor their names say it;
  // then they stay as they are stored, but for those of an Adobe marker. 0 leaves it to libjpeg, and converts to RGB.
  int32_t colors;
  // Whether the samples of a JPEG read so are brightness and two colours.
  bool is_ybr;
  // Whether a PNG's samples are indices of its palette; set by the header functions.
  bool is_indexed;
  // Set behind the header functions, of a PNG alone: a pixel's samples are followed by its alpha, all ones where the file
  // has none; of a palette's they are the index, in the place of the colour, and alpha.
  bool keeps_alpha;
  // What decoding takes beside the samples, in bytes, where that grows with the picture.
  uint64_t working_bytes;
  // Whether memory was what a failure lacked, and the file may be sound.
  bool out_of_memory;
  // Whether pixels were made up for data that are missing or make no sense.
  bool damaged;
  // What is wrong after a failure, a warning after a success; empty without one.
  char message[256];
} gradcam_picture;

enum { gradcam_colors_guessed, gradcam_colors_rgb, gradcam_colors_ybr };

// Reads the header alone; allocates nothing that grows with the picture.
bool gradcam_jpeg_header(const uint8_t *bytes, size_t count, gradcam_picture *picture);
bool gradcam_png_header(const uint8_t *bytes, size_t count, gradcam_picture *picture);

// Decodes into `samples`, which has room for the width * height * channels samples of `depth` bits that the header
// function found in the same `picture`, or for what `eighths` makes of them; rows follow one another without gaps. Fails
// if the bytes have another size by now.
bool gradcam_jpeg_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, void *samples);
bool gradcam_png_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, void *samples);

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
  // Of a sample: 8, or 16, its upper byte first.
  int32_t bits;
} gradcam_png_options;

// Encodes gray (`picture->channels` 1) or RGB (3) to `*bytes`, which the caller frees; the same input gives the same
// bytes.
bool gradcam_png_encode(const uint8_t *samples, gradcam_picture *picture, const gradcam_png_text *texts,
                        size_t text_count, gradcam_png_options options, uint8_t **bytes, size_t *count);

typedef struct {
  // libjpeg's, 1...100.
  int32_t quality;
  // Whether colours are kept as fine as brightness, which thin lines need.
  bool fine_colors;
  // Written behind the mark by which this tool knows its pictures; empty for none.
  const uint8_t *comment;
  // At most 65533 bytes.
  size_t comment_count;
} gradcam_jpeg_options;

// Encodes 8-bit gray (`picture->channels` 1) or RGB (3), at most 65500 pixels wide and high, to `*bytes`, which the
// caller frees. The same input gives the same bytes.
bool gradcam_jpeg_encode(const uint8_t *samples, gradcam_picture *picture, gradcam_jpeg_options options,
                         uint8_t **bytes, size_t *count);

#endif
