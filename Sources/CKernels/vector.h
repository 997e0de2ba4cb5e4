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
// Before a loop whose vectors are to stay in registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

INLINE vector load(const float *source) { return *(const unaligned_vector *)source; }
INLINE void store(float *target, vector value) { *(unaligned_vector *)target = value; }

#if defined(GRADCAM_MASKS)
#include <immintrin.h>

INLINE __mmask16 first_lanes(ptrdiff_t count) { return (__mmask16)((1u << count) - 1); }

// The first `count` floats, zeros behind them.
INLINE vector load_part(const float *source, ptrdiff_t count) {
  if (count >= LANES) return load(source);
  return (vector)_mm512_maskz_loadu_ps(first_lanes(count), source);
}

INLINE void store_part(float *target, vector value, ptrdiff_t count) {
  if (count >= LANES) return store(target, value);
  _mm512_mask_storeu_ps(target, first_lanes(count), (__m512)value);
}
#else
// Copies of constant lengths: a call would cost more than what it copies.
INLINE void copy_part(float *target, const float *source, ptrdiff_t count) {
  for (ptrdiff_t size = LANES / 2; size > 0; size /= 2) {
    if (!(count & size)) continue;
    switch (size) {
    case 8: memcpy(target, source, 32); break;
    case 4: memcpy(target, source, 16); break;
    case 2: memcpy(target, source, 8); break;
    default: *target = *source; break;
    }
    target += size;
    source += size;
  }
}

// The first `count` floats, zeros behind them.
INLINE vector load_part(const float *source, ptrdiff_t count) {
  if (count >= LANES) return load(source);
  vector value = {0};
  copy_part((float *)&value, source, count);
  return value;
}

INLINE void store_part(float *target, vector value, ptrdiff_t count) {
  if (count >= LANES) return store(target, value);
  copy_part(target, (const float *)&value, count);
}
#endif

// `yes` where the mask is set, else `no`. A comparison with NaN is not set.
INLINE vector choose(lanes mask, vector yes, vector no) {
  return (vector)((mask & (lanes)yes) | (~mask & (lanes)no));
}

INLINE vector all(float value) { return value - (vector){0}; }

#endif
