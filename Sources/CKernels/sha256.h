// The levels of SHA-256, for levels.c, and what they share.
#ifndef GRADCAM_SHA256_H
#define GRADCAM_SHA256_H

#include "CSHA256.h"

extern const uint32_t gradcam_sha256_constants[64];
extern const struct gradcam_sha256 gradcam_sha256_portable;
#if defined(__x86_64__)
extern const struct gradcam_sha256 gradcam_sha256_x86;
#endif

#endif
