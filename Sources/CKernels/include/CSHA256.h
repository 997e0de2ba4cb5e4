// SHA-256 (FIPS 180-4) over whole blocks of 64 bytes.
#ifndef GRADCAM_CSHA256_H
#define GRADCAM_CSHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the processor has instructions for it.
bool gradcam_sha256_is_fast(void);

// Takes `count` blocks into the state, with the processor's instructions or, where `fast` is false, in plain C.
void gradcam_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count, bool fast);

#endif
