// SHA-256 (FIPS 180-4) over whole blocks of 64 bytes.
#ifndef GRADCAM_CSHA256_H
#define GRADCAM_CSHA256_H

#include <stddef.h>
#include <stdint.h>

// The levels of it, apart from those of vectors: processors have instructions for it whatever their vectors are.
enum gradcam_sha256_level { GRADCAM_SHA256_PORTABLE, GRADCAM_SHA256_X86 };

struct gradcam_sha256 {
  const char *name;
  // Takes `count` blocks into the state.
  void (*take)(uint32_t state[8], const uint8_t *blocks, size_t count);
};

// The fastest level that the processor can do.
int gradcam_sha256_best_level(void);

// A level that the processor can do.
const struct gradcam_sha256 *gradcam_sha256_for(int level);

#endif
