// jpeglib.h uses size_t and FILE without declaring them.
#ifndef GRADCAM_CLIBJPEG_SHIM_H
#define GRADCAM_CLIBJPEG_SHIM_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#endif
