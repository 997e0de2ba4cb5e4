// Digests that tell damaged weights from whole ones. They are no defence against somebody who means to deceive.
#ifndef GRADCAM_CFINGERPRINT_H
#define GRADCAM_CFINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

// The digest of some bytes, the same on every little-endian processor. Other bits within one aligned word of 4 bytes always give
// another digest; other changes do but for one in 2^32 at most.
uint64_t gradcam_fingerprint(const void *bytes, size_t count);

#endif
