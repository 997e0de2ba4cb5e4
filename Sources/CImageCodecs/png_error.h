// How a job of libpng's ends: what is wrong goes into the picture that the job was given.
#ifndef GRADCAM_PNG_ERROR_H
#define GRADCAM_PNG_ERROR_H

#include "CImageCodecs.h"

#include <stdio.h>

#include <png.h>

static inline void keep_message(gradcam_picture *picture, const char *text) {
  snprintf(picture->message, sizeof picture->message, "%s", text);
}

static inline void on_error(png_structp png, png_const_charp text) {
  keep_message(png_get_error_ptr(png), text);
  png_longjmp(png, 1);
}

#endif
