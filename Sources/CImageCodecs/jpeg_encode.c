#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
  // First, so that the library's pointer to it is a pointer to the encoder.
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  jmp_buf escape;
  uint8_t *bytes;
  size_t count, capacity;
  char *message;
  size_t message_size;
} jpeg_encoder;

static void fail(jpeg_encoder *encoder, const char *text) {
  snprintf(encoder->message, encoder->message_size, "%s", text);
  longjmp(encoder->escape, 1);
}

static void on_error(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  fail((jpeg_encoder *)info, text);
}

static void on_message(j_common_ptr info, int level) { (void)info, (void)level; }

// The library's own destination in memory loses track of its buffer when it runs out of memory.
static boolean on_full(j_compress_ptr info) {
  jpeg_encoder *encoder = (jpeg_encoder *)info;
  const size_t used = encoder->capacity;
  const size_t capacity = used == 0 ? 1 << 15 : 2 * used;
  uint8_t *grown = realloc(encoder->bytes, capacity);
  if (grown == NULL) fail(encoder, "out of memory");
  encoder->bytes = grown;
  encoder->capacity = capacity;
  encoder->destination.next_output_byte = grown + used;
  encoder->destination.free_in_buffer = capacity - used;
  return TRUE;
}

static void on_start(j_compress_ptr info) { on_full(info); }

static void on_end(j_compress_ptr info) {
  jpeg_encoder *encoder = (jpeg_encoder *)info;
  encoder->count = encoder->capacity - encoder->destination.free_in_buffer;
}

// Holds no state of its own, so that nothing is lost when an error jumps back into it.
static bool run(jpeg_encoder *encoder, const uint8_t *samples, const gradcam_picture *picture,
                gradcam_jpeg_options options) {
  if (setjmp(encoder->escape)) return false;
  struct jpeg_compress_struct *info = &encoder->info;
  jpeg_create_compress(info);
  info->dest = &encoder->destination;
  info->image_width = picture->width;
  info->image_height = picture->height;
  info->input_components = picture->channels;
  info->in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, options.quality, TRUE);
  if (options.fine_colors) info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 1;
  info->optimize_coding = TRUE;
  jpeg_start_compress(info, TRUE);
  // By which folder scans know pictures of this tool.
  static const char mark[] = "gradcam";
  jpeg_write_marker(info, JPEG_COM, (const JOCTET *)mark, sizeof mark - 1);
  if (options.comment_count > 0) {
    jpeg_write_marker(info, JPEG_COM, options.comment, (unsigned)options.comment_count);
  }
  while (info->next_scanline < info->image_height) {
    const size_t row = (size_t)info->next_scanline * picture->width * (size_t)picture->channels;
    // The library only reads the row, and only forgot to say const.
    JSAMPROW start = (JSAMPROW)(samples + row);
    jpeg_write_scanlines(info, &start, 1);
  }
  jpeg_finish_compress(info);
  return true;
}

bool gradcam_jpeg_encode(const uint8_t *samples, gradcam_picture *picture, gradcam_jpeg_options options,
                         uint8_t **bytes, size_t *count) {
  jpeg_encoder encoder;
  memset(&encoder, 0, sizeof encoder);
  picture->message[0] = '\0';
  encoder.message = picture->message;
  encoder.message_size = sizeof picture->message;
  encoder.info.err = jpeg_std_error(&encoder.errors);
  encoder.errors.error_exit = on_error;
  encoder.errors.emit_message = on_message;
  encoder.destination.init_destination = on_start;
  encoder.destination.empty_output_buffer = on_full;
  encoder.destination.term_destination = on_end;
  const bool succeeded = run(&encoder, samples, picture, options);
  jpeg_destroy_compress(&encoder.info);
  if (!succeeded) {
    free(encoder.bytes);
    return false;
  }
  *bytes = encoder.bytes;
  *count = encoder.count;
  return true;
}
