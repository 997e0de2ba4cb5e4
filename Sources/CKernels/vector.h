// Vectors of 16 floats, whatever the processor's registers hold, and partial ones at the end of a row.
#ifndef GRADCAM_VECTOR_H
#define GRADCAM_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Vectors are handed only to functions that are always inlined, so that no calling convention is concerned.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 16 };
typedef float vector __attribute__((vector_size(64)));
typedef int32_t lanes __attribute__((vector_size(64)));
typedef float unaligned_vector __attribute__((vector_size(64), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *source) { return *(const unaligned_vector *)source; }
INLINE void store(float *target, vector value) { *(unaligned_vector *)target = value; }

// The first `count` floats, zeros behind them.
INLINE vector load_part(const float *source, ptrdiff_t count) {
  if (count >= LANES) return load(source);
  vector value = {0};
  memcpy(&value, source, (size_t)count * sizeof(float));
  return value;
}

INLINE void store_part(float *target, vector value, ptrdiff_t count) {
  if (count >= LANES) return store(target, value);
  memcpy(target, &value, (size_t)count * sizeof(float));
}

// `yes` where the mask is set, else `no`. A comparison with NaN is not set.
INLINE vector choose(lanes mask, vector yes, vector no) {
  return (vector)((mask & (lanes)yes) | (~mask & (lanes)no));
}

INLINE vector all(float value) { return value - (vector){0}; }

#endif
