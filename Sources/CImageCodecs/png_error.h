// How a job of libpng's ends: what is wrong goes into the picture that the job was given.
#ifndef GRADCAM_PNG_ERROR_H
#define GRADCAM_PNG_ERROR_H

#include "CImageCodecs.h"

#include <stdio.h>
#include <string.h>

#include <png.h>

static inline void keep_message(gradcam_picture *picture, const char *text) {
  snprintf(picture->message, sizeof picture->message, "%s", text);
}

static inline void on_error(png_structp png, png_const_charp text) {
  gradcam_picture *picture = png_get_error_ptr(png);
  // libpng's "Out of memory", zlib's "insufficient memory", and our own.
  picture->out_of_memory = strstr(text, "memory") != NULL;
  keep_message(picture, text);
  png_longjmp(png, 1);
}

#endif
