#ifndef GRADCAM_EXIF_H
#define GRADCAM_EXIF_H

#include <stddef.h>
#include <stdint.h>

// The orientation, 1...8, that an EXIF block names; 1 where it names none or is damaged. `tiff` begins with the TIFF
// header, behind JPEG's "Exif\0\0".
int32_t gradcam_exif_orientation(const uint8_t *tiff, size_t count);

#endif
