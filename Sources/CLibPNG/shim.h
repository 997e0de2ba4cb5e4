#ifndef GRADCAM_CLIBPNG_SHIM_H
#define GRADCAM_CLIBPNG_SHIM_H

#include <png.h>

#endif
