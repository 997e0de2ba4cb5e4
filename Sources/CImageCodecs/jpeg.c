#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "exif.h"

typedef struct {
  // First, so that the library's pointer to it is a pointer to the decoder.
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  const uint8_t *bytes;
  size_t count;
  int scan_limit;
  // Whether every row is there; what follows them cannot take them away.
  bool complete;
  bool damaged;
  bool out_of_memory;
  char *message;
} jpeg_decoder;

// Keeps the first message: later ones are mostly its consequences.
static void keep_message(jpeg_decoder *decoder, const char *text) {
  if (decoder->message[0] == '\0') snprintf(decoder->message, JMSG_LENGTH_MAX, "%s", text);
}

static void fail(jpeg_decoder *decoder, const char *text) {
  if (!decoder->complete) snprintf(decoder->message, JMSG_LENGTH_MAX, "%s", text);
  longjmp(decoder->escape, 1);
}

static void on_error(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  jpeg_decoder *decoder = (jpeg_decoder *)info;
  decoder->out_of_memory = info->err->msg_code == JERR_OUT_OF_MEMORY || info->err->msg_code == JERR_NO_BACKING_STORE;
  fail(decoder, text);
}

// What may be skipped before a marker: filling, which some encoders end a scan with and nobody needs to hear of, something
// else between the header's segments, and, after a scan, maybe its own pixels, where it lost its way.
typedef enum { filling, header_junk, lost_pixels } skipped_kind;

static skipped_kind kind_of_skipped(const jpeg_decoder *decoder) {
  const skipped_kind other = decoder->info.input_scan_number == 0 ? header_junk : lost_pixels;
  const size_t skipped = (size_t)decoder->errors.msg_parm.i[0];
  // Where the file ends, the library reads an end marker of its own, outside the file.
  const uintptr_t place = (uintptr_t)decoder->info.src->next_input_byte - (uintptr_t)decoder->bytes;
  if (place > decoder->count || skipped > place) return other;
  for (size_t i = place - skipped; i < place; i++) {
    if (decoder->bytes[i] != 0x00 && decoder->bytes[i] != 0xFF) return other;
  }
  return filling;
}

// Whether a warning says that pixels were made up. A file that merely ends without its last marker has them all; scans
// that are missing are counted by `lacks_scans`.
static bool spoils_pixels(const jpeg_decoder *decoder) {
  switch (decoder->errors.msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC: return true;
    case JWRN_EXTRANEOUS_DATA: return kind_of_skipped(decoder) == lost_pixels;
    // An arithmetic decoder takes what is missing for zeros, without a word.
    case JWRN_JPEG_EOF: return decoder->info.arith_code;
    default: return false;
  }
}

static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  jpeg_decoder *decoder = (jpeg_decoder *)info;
  if (info->err->msg_code == JWRN_EXTRANEOUS_DATA && kind_of_skipped(decoder) == filling) return;
  if (spoils_pixels(decoder)) decoder->damaged = true;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  keep_message(decoder, info->err->msg_code == JWRN_JPEG_EOF ? "the file is cut short" : text);
}

static void ignore_output(j_common_ptr info) { (void)info; }

// A progressive file may list any number of scans, each over the whole picture for a few bytes.
static void on_progress(j_common_ptr info) {
  jpeg_decoder *decoder = (jpeg_decoder *)info;
  if (decoder->info.input_scan_number > decoder->scan_limit) fail(decoder, "it has too many scans");
}

static void find_orientation(jpeg_decoder *decoder, gradcam_picture *picture) {
  static const char head[6] = "Exif\0";
  picture->orientation = 1;
  for (jpeg_saved_marker_ptr marker = decoder->info.marker_list; marker; marker = marker->next) {
    if (marker->data_length < sizeof head || memcmp(marker->data, head, sizeof head) != 0) continue;
    picture->orientation = gradcam_exif_orientation(marker->data + sizeof head, marker->data_length - sizeof head);
    return;
  }
}

static bool are_named(const struct jpeg_decompress_struct *info, const char names[3]) {
  for (int c = 0; c < 3; c++) {
    if (info->comp_info[c].component_id != names[c]) return false;
  }
  return true;
}

// Keeps three components as they are stored, and tells what they are.
static void keep_colors(struct jpeg_decompress_struct *info, gradcam_picture *picture) {
  const bool is_jfif = info->saw_JFIF_marker;
  const bool is_named = are_named(info, "RGB") || are_named(info, "rgb");
  picture->is_ybr = !is_named && (is_jfif || picture->colors == gradcam_colors_ybr);
  info->jpeg_color_space = picture->is_ybr ? JCS_YCbCr : JCS_RGB;
  info->out_color_space = info->jpeg_color_space;
}

static void read_header(jpeg_decoder *decoder, const uint8_t *bytes, size_t count, gradcam_picture *picture) {
  struct jpeg_decompress_struct *info = &decoder->info;
  jpeg_create_decompress(info);
  jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_mem_src(info, bytes, count);
  jpeg_read_header(info, TRUE);
  switch (info->num_components) {
    case 1: info->out_color_space = JCS_GRAYSCALE; break;
    case 3:
      info->out_color_space = JCS_RGB;
      if (picture->colors != gradcam_colors_guessed && !info->saw_Adobe_marker) keep_colors(info, picture);
      break;
    case 4: info->out_color_space = JCS_CMYK; break;
    default: fail(decoder, "it has neither one, three nor four colour components");
  }
}

// Whether a first byte of the picture follows the header; a marker there ends the scan before it began.
static bool has_scan_data(const struct jpeg_source_mgr *source) {
  const uint8_t *next = source->next_input_byte;
  if (source->bytes_in_buffer < 2) return false;
  return next[0] != 0xFF || next[1] == 0x00 || (next[1] >= 0xD0 && next[1] <= 0xD7);
}

// Pillow's conversion (JPEG stores CMYK inverted, and Convert.c's cmyk2rgb rounds the product), so that the same
// bytes come out.
static void rgb_from_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    const int black = cmyk[3];
    for (int c = 0; c < 3; c++) {
      const int product = (255 - cmyk[c]) * black + 128;
      rgb[c] = (uint8_t)(black - (((product >> 8) + product) >> 8));
    }
  }
}

static void read_rows(jpeg_decoder *decoder, uint8_t *samples, size_t row_bytes) {
  struct jpeg_decompress_struct *info = &decoder->info;
  JSAMPARRAY scratch = NULL;
  if (info->out_color_space == JCS_CMYK) {
    scratch = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
  }
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = samples + info->output_scanline * row_bytes;
    jpeg_read_scanlines(info, scratch ? scratch : &row, 1);
    if (scratch) rgb_from_inverted_cmyk(scratch[0], row, info->output_width);
  }
}

// Whether a component of the picture, or a bit of its coefficients, is in none of the scans.
static bool lacks_scans(const jpeg_decoder *decoder) {
  const struct jpeg_decompress_struct *info = &decoder->info;
  for (int c = 0; c < info->num_components; c++) {
    // Set by the first scan that holds the component.
    if (info->comp_info[c].quant_table == NULL) return true;
    for (int k = 0; info->progressive_mode && info->coef_bits != NULL && k < DCTSIZE2; k++) {
      if (info->coef_bits[c][k] != 0) return true;
    }
  }
  return false;
}

static int32_t channels(const jpeg_decoder *decoder) { return decoder->info.num_components == 1 ? 1 : 3; }

// The functions below hold no state of their own, so that nothing is lost when an error jumps back into them.

// A picture that comes in several scans is kept as coefficients of two bytes until the last one.
static uint64_t working_bytes(struct jpeg_decompress_struct *info) {
  if (!jpeg_has_multiple_scans(info)) return 0;
  uint64_t bytes = 0;
  for (int c = 0; c < info->num_components; c++) {
    const jpeg_component_info *component = &info->comp_info[c];
    // Filled up to whole groups of blocks.
    const uint64_t columns = component->width_in_blocks + (uint64_t)component->h_samp_factor;
    const uint64_t rows = component->height_in_blocks + (uint64_t)component->v_samp_factor;
    bytes += columns * rows * sizeof(JBLOCK);
  }
  return bytes;
}

static bool run_header(jpeg_decoder *decoder, const uint8_t *bytes, size_t count, gradcam_picture *picture) {
  if (setjmp(decoder->escape)) return false;
  read_header(decoder, bytes, count, picture);
  picture->width = decoder->info.image_width;
  picture->height = decoder->info.image_height;
  picture->channels = channels(decoder);
  picture->depth = 8;
  picture->eighths = 8;
  picture->working_bytes = working_bytes(&decoder->info);
  find_orientation(decoder, picture);
  return true;
}

static uint32_t scaled(uint32_t side, int32_t eighths) {
  return (uint32_t)(((uint64_t)side * (uint32_t)eighths + 7) / 8);
}

static void start(jpeg_decoder *decoder, const gradcam_picture *picture) {
  struct jpeg_decompress_struct *info = &decoder->info;
  info->dct_method = JDCT_ISLOW;
  info->do_fancy_upsampling = TRUE;
  info->progress = &decoder->progress;
  info->scale_num = (unsigned)picture->eighths;
  info->scale_denom = 8;
  jpeg_start_decompress(info);
  if (info->output_width != scaled(picture->width, picture->eighths) ||
      info->output_height != scaled(picture->height, picture->eighths)) {
    fail(decoder, "it cannot be decoded at that size");
  }
}

static bool run_decode(jpeg_decoder *decoder, const uint8_t *bytes, size_t count, gradcam_picture *picture,
                       uint8_t *samples) {
  if (setjmp(decoder->escape)) return decoder->complete;
  struct jpeg_decompress_struct *info = &decoder->info;
  read_header(decoder, bytes, count, picture);
  if (info->image_width != picture->width || info->image_height != picture->height ||
      channels(decoder) != picture->channels) {
    fail(decoder, "it changed while it was read");
  }
  if (!has_scan_data(info->src)) fail(decoder, "the file is cut short before its first pixel");
  find_orientation(decoder, picture);
  start(decoder, picture);
  read_rows(decoder, samples, (size_t)info->output_width * (size_t)picture->channels);
  if (lacks_scans(decoder)) {
    decoder->damaged = true;
    keep_message(decoder, "some of its scans are missing");
  }
  decoder->complete = true;
  // What is left of the last scan tells of pixels that were lost on the way.
  jpeg_finish_decompress(info);
  return true;
}

static void prepare(jpeg_decoder *decoder, gradcam_picture *picture) {
  memset(decoder, 0, sizeof *decoder);
  picture->message[0] = '\0';
  decoder->message = picture->message;
  decoder->info.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = on_error;
  decoder->errors.emit_message = on_message;
  decoder->errors.output_message = ignore_output;
  decoder->progress.progress_monitor = on_progress;
  // Encoders write about ten scans; the most that is allowed falls with the size, so that no picture takes minutes.
  const uint64_t pixels = (uint64_t)picture->width * picture->height + 1;
  const uint64_t scans = ((uint64_t)1 << 32) / pixels;
  decoder->scan_limit = scans > 500 ? 500 : scans < 50 ? 50 : (int)scans;
}

bool gradcam_jpeg_header(const uint8_t *bytes, size_t count, gradcam_picture *picture) {
  jpeg_decoder decoder;
  const int32_t colors = picture->colors;
  memset(picture, 0, sizeof *picture);
  picture->colors = colors;
  prepare(&decoder, picture);
  const bool succeeded = run_header(&decoder, bytes, count, picture);
  picture->out_of_memory = decoder.out_of_memory;
  jpeg_destroy_decompress(&decoder.info);
  return succeeded;
}

bool gradcam_jpeg_decode(const uint8_t *bytes, size_t count, gradcam_picture *picture, void *samples) {
  jpeg_decoder decoder;
  prepare(&decoder, picture);
  decoder.bytes = bytes;
  decoder.count = count;
  const bool succeeded = run_decode(&decoder, bytes, count, picture, samples);
  picture->damaged = decoder.damaged;
  picture->out_of_memory = decoder.out_of_memory;
  jpeg_destroy_decompress(&decoder.info);
  return succeeded;
}
