#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "png_error.h"

typedef struct {
  png_structp png;
  png_infop info;
  png_textp texts;
  uint8_t *bytes;
  size_t count, capacity;
} png_encoder;

static void on_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void on_write(png_structp png, png_bytep source, png_size_t size) {
  png_encoder *encoder = png_get_io_ptr(png);
  if (size > encoder->capacity - encoder->count) {
    const size_t capacity = 2 * (encoder->count + size) + 4096;
    uint8_t *grown = realloc(encoder->bytes, capacity);
    if (grown == NULL) png_error(png, "out of memory");
    encoder->bytes = grown;
    encoder->capacity = capacity;
  }
  memcpy(encoder->bytes + encoder->count, source, size);
  encoder->count += size;
}

static void on_flush(png_structp png) { (void)png; }

static bool is_ascii(const char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text > 127) return false;
  }
  return true;
}

static void write_texts(png_encoder *encoder, const gradcam_png_text *texts, size_t count) {
  if (count == 0) return;
  encoder->texts = calloc(count, sizeof *encoder->texts);
  if (encoder->texts == NULL) png_error(encoder->png, "out of memory");
  for (size_t i = 0; i < count; i++) {
    png_textp text = &encoder->texts[i];
    text->compression = is_ascii(texts[i].text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
    // libpng copies both, and only forgot to say const.
    text->key = (png_charp)texts[i].keyword;
    text->text = (png_charp)texts[i].text;
  }
  png_set_text(encoder->png, encoder->info, encoder->texts, (int)count);
}

// Holds no state of its own, so that nothing is lost when an error jumps back into it.
static bool run(png_encoder *encoder, const uint8_t *samples, const gradcam_picture *picture,
                const gradcam_png_text *texts, size_t text_count, gradcam_png_options options) {
  if (setjmp(png_jmpbuf(encoder->png))) return false;
  png_structp png = encoder->png;
  png_set_write_fn(png, encoder, on_write, on_flush);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, encoder->info, picture->width, picture->height, options.bits,
               picture->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, options.level);
  png_set_compression_strategy(png, options.strategy);
  // PNG_FILTER_NONE is the lowest bit of libpng's mask of allowed filters.
  const bool is_adaptive = options.filter < 0 || options.filter > 4;
  png_set_filter(png, PNG_FILTER_TYPE_BASE, is_adaptive ? PNG_ALL_FILTERS : PNG_FILTER_NONE << options.filter);
  write_texts(encoder, texts, text_count);
  png_write_info(png, encoder->info);
  const size_t row_bytes = (size_t)picture->width * (size_t)picture->channels * (size_t)(options.bits / 8);
  for (size_t y = 0; y < picture->height; y++) png_write_row(png, samples + y * row_bytes);
  png_write_end(png, NULL);
  return true;
}

bool gradcam_png_encode(const uint8_t *samples, gradcam_picture *picture, const gradcam_png_text *texts,
                        size_t text_count, gradcam_png_options options, uint8_t **bytes, size_t *count) {
  png_encoder encoder = {0};
  picture->message[0] = '\0';
  encoder.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, picture, on_error, on_warning);
  if (encoder.png != NULL) encoder.info = png_create_info_struct(encoder.png);
  bool succeeded = false;
  if (encoder.info != NULL) {
    succeeded = run(&encoder, samples, picture, texts, text_count, options);
  } else {
    picture->out_of_memory = true;
    keep_message(picture, "out of memory");
  }
  png_destroy_write_struct(&encoder.png, &encoder.info);
  free(encoder.texts);
  if (!succeeded) {
    free(encoder.bytes);
    return false;
  }
  *bytes = encoder.bytes;
  *count = encoder.count;
  return true;
}
