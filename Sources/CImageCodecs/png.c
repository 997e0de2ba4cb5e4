#include "CImageCodecs.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "exif.h"
#include "png_error.h"

typedef struct {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, offset;
  // Whether every pixel is there; what follows them cannot spoil the picture.
  bool complete;
} png_decoder;

static void on_warning(png_structp png, png_const_charp text) {
  gradcam_picture *picture = png_get_error_ptr(png);
  // Of what libpng only warns of, this alone touches pixels: compressed data that fail their own checksum.
  if (strstr(text, "incorrect data check") != NULL) picture->damaged = true;
  if (picture->message[0] == '\0') keep_message(picture, text);
}

static void on_read(png_structp png, png_bytep target, png_size_t size) {
  png_decoder *decoder = png_get_io_ptr(png);
  if (size > decoder->count - decoder->offset) png_error(png, "the file is cut short");
  memcpy(target, decoder->bytes + decoder->offset, size);
  decoder->offset += size;
}

// Chunks that change no sample here are never parsed: colour management, which the references ignore, text, which may
// unpack to any size, and Exif, for which libpng would take as much memory as the chunk claims.
static void ignore_most_chunks(png_structp png) {
  static const png_byte names[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, sizeof names / 5);
}

// How many bits of 16 carry the picture. Those of a palette or of alpha are nobody's here.
static void read_significant_bits(const png_decoder *decoder, gradcam_picture *picture) {
  png_color_8p bits = NULL;
  if (picture->depth != 16 || !png_get_sBIT(decoder->png, decoder->info, &bits)) return;
  const uint8_t colors[3] = {bits->red, bits->green, bits->blue};
  for (int32_t c = 0; c < picture->channels; c++) picture->significant[c] = picture->channels == 1 ? bits->gray : colors[c];
}

static void read_header(png_decoder *decoder, gradcam_picture *picture) {
  png_structp png = decoder->png;
  png_set_read_fn(png, decoder, on_read);
  // The caller has a limit on the pixels; libpng's own on the sides would refuse long, thin pictures.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, 1 << 26);
  ignore_most_chunks(png);
  png_read_info(png, decoder->info);
  const bool is_gray = (png_get_color_type(png, decoder->info) & PNG_COLOR_MASK_COLOR) == 0;
  const uint32_t width = png_get_image_width(png, decoder->info);
  const uint32_t height = png_get_image_height(png, decoder->info);
  const int32_t channels = is_gray ? 1 : 3;
  const int32_t depth = png_get_bit_depth(png, decoder->info) == 16 ? 16 : 8;
  const bool is_indexed = png_get_color_type(png, decoder->info) == PNG_COLOR_TYPE_PALETTE;
  if (picture->width != 0 && (picture->width != width || picture->height != height || picture->channels != channels ||
                              picture->depth != depth || picture->is_indexed != is_indexed)) {
    png_error(png, "it changed while it was read");
  }
  picture->width = width;
  picture->height = height;
  picture->channels = channels;
  picture->depth = depth;
  picture->is_indexed = is_indexed;
  read_significant_bits(decoder, picture);
}

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Reads the Exif chunk, wherever it is among the others: each is a length, a name, that many bytes and a checksum.
static int32_t orientation(const png_decoder *decoder) {
  const size_t around = 12;
  for (size_t at = 8; decoder->count - at >= around;) {
    const size_t length = big_endian(decoder->bytes + at);
    if (length > decoder->count - at - around) break;
    if (memcmp(decoder->bytes + at + 4, "eXIf", 4) == 0) return gradcam_exif_orientation(decoder->bytes + at + 8, length);
    at += length + around;
  }
  return 1;
}

// Makes colours of a row's indices, which stand at its beginning. libpng would do so, too, and not tell of colours that
// the palette lacks: they are black, as Pillow has them.
static void expand_row(const png_decoder *decoder, gradcam_picture *picture, uint8_t *row) {
  png_colorp palette = NULL;
  int count = 0;
  png_get_PLTE(decoder->png, decoder->info, &palette, &count);
  for (size_t x = picture->width; x-- > 0;) {
    const int index = row[x];
    const png_color black = {0, 0, 0}, color = index < count ? palette[index] : black;
    if (index >= count && !picture->damaged) {
      picture->damaged = true;
      keep_message(picture, "its palette lacks colours");
    }
    row[3 * x] = color.red;
    row[3 * x + 1] = color.green;
    row[3 * x + 2] = color.blue;
  }
}

// Puts alpha behind each of a row's indices, which stand at its beginning.
static void add_alpha(const png_decoder *decoder, gradcam_picture *picture, uint8_t *row) {
  png_bytep alphas = NULL;
  int count = 0;
  png_get_tRNS(decoder->png, decoder->info, &alphas, &count, NULL);
  for (size_t x = picture->width; x-- > 0;) {
    const int index = row[x];
    row[2 * x] = row[x];
    row[2 * x + 1] = alphas != NULL && index < count ? alphas[index] : 255;
  }
}

// Keeps alpha, or makes it, for pictures without a palette.
static void keep_alpha(const png_decoder *decoder) {
  if (png_get_valid(decoder->png, decoder->info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(decoder->png);
  png_set_add_alpha(decoder->png, 0xFFFF, PNG_FILLER_AFTER);
}

// Whatever the file holds becomes gray or RGB of 8 bits, or of 16 where it has as many: alpha is dropped where it is not
// asked for.
static void read_pixels(png_decoder *decoder, gradcam_picture *picture, uint8_t *samples) {
  png_structp png = decoder->png;
  const bool is_indexed = picture->is_indexed, keeps_alpha = picture->keeps_alpha;
  const size_t channels = keeps_alpha ? (is_indexed ? 2 : (size_t)picture->channels + 1) : (size_t)picture->channels;
  const size_t row_bytes = (size_t)picture->width * channels * (size_t)picture->depth / 8;
  if (is_indexed) {
    png_set_packing(png);
  } else {
    png_set_expand_gray_1_2_4_to_8(png);
  }
  const uint16_t order = 1;
  if (*(const uint8_t *)&order == 1) png_set_swap(png);
  if (!keeps_alpha) {
    png_set_strip_alpha(png);
  } else if (!is_indexed) {
    keep_alpha(decoder);
  }
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, decoder->info);
  if (png_get_rowbytes(png, decoder->info) != (is_indexed ? picture->width : row_bytes)) {
    png_error(png, "its rows have an unexpected size");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < picture->height; y++) png_read_row(png, samples + y * row_bytes, NULL);
  }
  for (size_t y = 0; is_indexed && y < picture->height; y++) {
    uint8_t *row = samples + y * row_bytes;
    if (keeps_alpha) {
      add_alpha(decoder, picture, row);
    } else {
      expand_row(decoder, picture, row);
    }
  }
  decoder->complete = true;
}

// `samples` is NULL where only the header is wanted. Holds no state of its own, so that nothing is lost when an error
// jumps back into it.
static bool run(png_decoder *decoder, gradcam_picture *picture, uint8_t *samples) {
  if (setjmp(png_jmpbuf(decoder->png))) return decoder->complete;
  read_header(decoder, picture);
  if (samples == NULL) return true;
  read_pixels(decoder, picture, samples);
  png_read_end(decoder->png, decoder->info);
  return true;
}

bool gradcam_png_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, void *samples) {
  png_decoder decoder = {.bytes = bytes, .count = count};
  picture->damaged = false;
  picture->out_of_memory = false;
  picture->message[0] = '\0';
  picture->orientation = 1;
  picture->eighths = 8;
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, picture, on_error, on_warning);
  if (decoder.png != NULL) decoder.info = png_create_info_struct(decoder.png);
  bool succeeded = false;
  if (decoder.info != NULL) {
    succeeded = run(&decoder, picture, samples);
    if (succeeded && samples != NULL) picture->orientation = orientation(&decoder);
  } else {
    picture->out_of_memory = true;
    keep_message(picture, "out of memory");
  }
  png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
  return succeeded;
}

bool gradcam_png_header(const uint8_t *bytes, size_t count, gradcam_picture *picture) {
  memset(picture, 0, sizeof *picture);
  return gradcam_png_decode(bytes, count, picture, NULL);
}
