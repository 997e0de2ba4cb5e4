// Resizing of 8-bit pixels in fixed point. On x86-64 every level works on as many slices of 16 bytes as its registers hold: of several
// rows side by side on the way across, since all rows have the same weights, and of one row on the way down.
#ifndef GRADCAM_RESAMPLE_H
#define GRADCAM_RESAMPLE_H

#include "CKernels.h"
#include "vector.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { weight_bits = 22, weight_half = 1 << (weight_bits - 1) };

static uint8_t rounded(int32_t sum) {
  const int32_t value = sum >> weight_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// One sample: `count` samples that lie `step` apart.
static uint8_t weighted(const uint8_t *samples, ptrdiff_t step, const int32_t *weights, ptrdiff_t count) {
  // Unsigned, so that sums which do not fit wrap around.
  uint32_t sum = weight_half;
  for (ptrdiff_t tap = 0; tap < count; tap++) sum += (uint32_t)weights[tap] * samples[tap * step];
  return rounded((int32_t)sum);
}

#if defined(GRADCAM_MASKS)
enum { SLICES = 4 };
typedef __m512i slices;
#define SLICED(name) _mm512_##name
#define NO_SLICES _mm512_setzero_si512()
#define STORE_SLICES(target, x) _mm512_storeu_si512(target, x)
#define LOAD_SLICES(source) _mm512_loadu_si512(source)
#define SHUFFLED(x, order) _mm512_shuffle_epi32(x, (_MM_PERM_ENUM)(order))
INLINE slices in_all_slices(__m128i x) { return _mm512_broadcast_i32x4(x); }
#elif defined(GRADCAM_256_BITS)
enum { SLICES = 2 };
typedef __m256i slices;
#define SLICED(name) _mm256_##name
#define NO_SLICES _mm256_setzero_si256()
#define STORE_SLICES(target, x) _mm256_storeu_si256((__m256i *)(target), x)
#define LOAD_SLICES(source) _mm256_loadu_si256((const __m256i *)(source))
#define SHUFFLED(x, order) _mm256_shuffle_epi32(x, order)
INLINE slices in_all_slices(__m128i x) { return _mm256_broadcastsi128_si256(x); }
#elif defined(__SSE2__)
enum { SLICES = 1 };
typedef __m128i slices;
#define SLICED(name) _mm_##name
#define NO_SLICES _mm_setzero_si128()
#define STORE_SLICES(target, x) _mm_storeu_si128((__m128i *)(target), x)
#define LOAD_SLICES(source) _mm_loadu_si128((const __m128i *)(source))
#define SHUFFLED(x, order) _mm_shuffle_epi32(x, order)
INLINE slices in_all_slices(__m128i x) { return x; }
#else
enum { SLICES = 1 };
#endif

#if defined(__SSE2__)

// A row each.
INLINE slices load_slices(const uint8_t *const *rows, ptrdiff_t place) {
#define SLICE(i) _mm_loadu_si128((const __m128i *)(rows[i] + place))
#if defined(GRADCAM_MASKS)
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(SLICE(0)), SLICE(1), 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(SLICE(2)), SLICE(3), 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
#elif defined(GRADCAM_256_BITS)
  return _mm256_inserti128_si256(_mm256_castsi128_si256(SLICE(0)), SLICE(1), 1);
#else
  return SLICE(0);
#endif
#undef SLICE
}

// The lowest four bytes of each slice.
INLINE void store_fours(slices x, uint32_t *fours) {
#if defined(GRADCAM_MASKS)
  fours[0] = (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(x));
  fours[1] = (uint32_t)_mm_cvtsi128_si32(_mm512_extracti32x4_epi32(x, 1));
  fours[2] = (uint32_t)_mm_cvtsi128_si32(_mm512_extracti32x4_epi32(x, 2));
  fours[3] = (uint32_t)_mm_cvtsi128_si32(_mm512_extracti32x4_epi32(x, 3));
#elif defined(GRADCAM_256_BITS)
  fours[0] = (uint32_t)_mm_cvtsi128_si32(_mm256_castsi256_si128(x));
  fours[1] = (uint32_t)_mm_cvtsi128_si32(_mm256_extracti128_si256(x, 1));
#else
  fours[0] = (uint32_t)_mm_cvtsi128_si32(x);
#endif
}

// SSE2 and its successors multiply 16-bit numbers only, but add the products up in pairs as they do so. A weight is taken apart into
// its low bits and the rest, which both fit, as do all of their sums; put together again they are the same number.
enum { low_bits = 11 };

typedef struct {
  slices low, rest;
} split;

// Four weights, in each slice twice.
INLINE split split_weights(const int32_t *weights) {
  const __m128i w = _mm_loadu_si128((const __m128i *)weights);
  const __m128i low = _mm_and_si128(w, _mm_set1_epi32((1 << low_bits) - 1));
  const __m128i rest = _mm_srai_epi32(w, low_bits);
  return (split){in_all_slices(_mm_packs_epi32(low, low)), in_all_slices(_mm_packs_epi32(rest, rest))};
}

// Adds samples, in pairs of neighbouring taps, times two of the four weights.
INLINE split add_first(split sums, slices pairs, split weights) {
  sums.low = SLICED(add_epi32)(sums.low, SLICED(madd_epi16)(pairs, SHUFFLED(weights.low, 0x00)));
  sums.rest = SLICED(add_epi32)(sums.rest, SLICED(madd_epi16)(pairs, SHUFFLED(weights.rest, 0x00)));
  return sums;
}

INLINE split add_second(split sums, slices pairs, split weights) {
  sums.low = SLICED(add_epi32)(sums.low, SLICED(madd_epi16)(pairs, SHUFFLED(weights.low, 0x55)));
  sums.rest = SLICED(add_epi32)(sums.rest, SLICED(madd_epi16)(pairs, SHUFFLED(weights.rest, 0x55)));
  return sums;
}

// The sums as levels from 0 to 255, in 32 bits.
INLINE slices total(split sums) {
  const slices sum = SLICED(add_epi32)(sums.low, SLICED(slli_epi32)(sums.rest, low_bits));
  return SLICED(srai_epi32)(SLICED(add_epi32)(sum, SLICED(set1_epi32)(weight_half)), weight_bits);
}

INLINE split nothing(void) { return (split){NO_SLICES, NO_SLICES}; }

// Two neighbouring RGB pixels of each slice, the channels' samples in pairs of 16 bits: the first two, or the two behind them.
INLINE slices pixel_pairs(slices four, const int behind) {
#if defined(GRADCAM_MASKS) || defined(GRADCAM_256_BITS)
  const char o = (char)(behind ? 6 : 0), z = -1;
  const __m128i order = _mm_setr_epi8(o, z, (char)(o + 3), z, (char)(o + 1), z, (char)(o + 4), z, (char)(o + 2), z,
                                      (char)(o + 5), z, z, z, z, z);
  return SLICED(shuffle_epi8)(four, in_all_slices(order));
#else
  const __m128i two = behind ? _mm_srli_si128(four, 6) : four;
  return _mm_unpacklo_epi8(_mm_unpacklo_epi8(two, _mm_srli_si128(two, 3)), _mm_setzero_si128());
#endif
}

// One RGB pixel of the target in each row; reads up to 16 bytes beyond a multiple of four taps.
INLINE void rgb_pixels(const uint8_t *const *rows, ptrdiff_t place, const int32_t *weights, ptrdiff_t count,
                       uint8_t *const *targets, ptrdiff_t x) {
  split sums = nothing();
  for (ptrdiff_t tap = 0; tap < count; tap += 4) {
    const split w = split_weights(weights + tap);
    const slices four = load_slices(rows, place + 3 * tap);
    sums = add_first(sums, pixel_pairs(four, 0), w);
    sums = add_second(sums, pixel_pairs(four, 1), w);
  }
  const slices words = SLICED(packs_epi32)(total(sums), NO_SLICES);
  uint32_t bytes[SLICES];
  store_fours(SLICED(packus_epi16)(words, words), bytes);
  for (int i = 0; i < SLICES; i++) {
    targets[i][3 * x] = (uint8_t)bytes[i];
    targets[i][3 * x + 1] = (uint8_t)(bytes[i] >> 8);
    targets[i][3 * x + 2] = (uint8_t)(bytes[i] >> 16);
  }
}

// One gray pixel of the target in each row; reads up to a multiple of four taps, and 12 bytes more.
INLINE void gray_pixels(const uint8_t *const *rows, ptrdiff_t place, const int32_t *weights, ptrdiff_t count,
                        uint8_t *const *targets, ptrdiff_t x) {
  split sums = nothing();
  for (ptrdiff_t tap = 0; tap < count; tap += 4) {
    const split w = split_weights(weights + tap);
    const slices four = SLICED(unpacklo_epi8)(load_slices(rows, place + tap), NO_SLICES);
    // The upper half of the sums belongs to samples beyond these four.
    sums.low = SLICED(add_epi32)(sums.low, SLICED(madd_epi16)(four, w.low));
    sums.rest = SLICED(add_epi32)(sums.rest, SLICED(madd_epi16)(four, w.rest));
  }
  const slices sum = SLICED(add_epi32)(sums.low, SLICED(slli_epi32)(sums.rest, low_bits));
  const slices whole = SLICED(add_epi32)(sum, SHUFFLED(sum, 0x55));
  uint32_t bytes[SLICES];
  store_fours(SLICED(add_epi32)(whole, SLICED(set1_epi32)(weight_half)), bytes);
  for (int i = 0; i < SLICES; i++) targets[i][x] = rounded((int32_t)bytes[i]);
}

// A register's samples of a row that is made of `count` rows.
INLINE void add_slices(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target) {
  split sums[4] = {nothing(), nothing(), nothing(), nothing()};
  for (ptrdiff_t tap = 0; tap < count; tap += 2, rows += 2 * length) {
    const int32_t pair[4] = {weights[tap], tap + 1 < count ? weights[tap + 1] : 0};
    const split w = split_weights(pair);
    const slices one = LOAD_SLICES(rows), other = LOAD_SLICES(tap + 1 < count ? rows + length : rows);
    const slices low = SLICED(unpacklo_epi8)(one, other), high = SLICED(unpackhi_epi8)(one, other);
    sums[0] = add_first(sums[0], SLICED(unpacklo_epi8)(low, NO_SLICES), w);
    sums[1] = add_first(sums[1], SLICED(unpackhi_epi8)(low, NO_SLICES), w);
    sums[2] = add_first(sums[2], SLICED(unpacklo_epi8)(high, NO_SLICES), w);
    sums[3] = add_first(sums[3], SLICED(unpackhi_epi8)(high, NO_SLICES), w);
  }
  const slices low = SLICED(packs_epi32)(total(sums[0]), total(sums[1]));
  const slices high = SLICED(packs_epi32)(total(sums[2]), total(sums[3]));
  STORE_SLICES(target, SLICED(packus_epi16)(low, high));
}

#endif

// The pixels of up to `SLICES` rows; the last of which has `readable` bytes from its beginning on.
static void resample_few(const uint8_t *const *rows, size_t readable, const gradcam_axis *axis, int32_t channels,
                         uint8_t *const *targets) {
  (void)readable; // Only vectors read beyond the row.
  for (ptrdiff_t x = 0; x < axis->length; x++) {
    const ptrdiff_t count = axis->counts[x], place = axis->firsts[x] * channels;
    const int32_t *weights = axis->weights + x * axis->stride;
#if defined(__SSE2__)
    if (axis->stride % 4 == 0 && readable >= (size_t)(place + (count + 3) * channels) + 16) {
      if (channels == 3) {
        rgb_pixels(rows, place, weights, count, targets, x);
      } else {
        gray_pixels(rows, place, weights, count, targets, x);
      }
      continue;
    }
#endif
    for (int i = 0; i < SLICES; i++) {
      for (int32_t channel = 0; channel < channels; channel++)
        targets[i][x * channels + channel] = weighted(rows[i] + place + channel, channels, weights, count);
    }
  }
}

static void resample_rows(const uint8_t *source, ptrdiff_t stride, ptrdiff_t rows, size_t readable,
                          const gradcam_axis *axis, int32_t channels, uint8_t *target) {
  const ptrdiff_t length = axis->length * channels;
  for (ptrdiff_t row = 0; row < rows; row += SLICES) {
    const uint8_t *sources[SLICES];
    uint8_t *targets[SLICES];
    ptrdiff_t last = row;
    for (ptrdiff_t i = 0; i < SLICES; i++) {
      // What is too many does the last row once more.
      last = row + i < rows ? row + i : rows - 1;
      sources[i] = source + last * stride;
      targets[i] = target + last * length;
    }
    resample_few(sources, readable - (size_t)(last * stride), axis, channels, targets);
  }
}

static void add_rows(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target) {
  size_t x = 0;
#if defined(__SSE2__)
  const size_t step = 16 * SLICES;
  for (; length - x >= step; x += step) add_slices(rows + x, length, weights, count, target + x);
  if (x < length && length >= step) {
    // What is left of the row, and some of what is done, which comes out as before.
    add_slices(rows + length - step, length, weights, count, target + length - step);
    return;
  }
#endif
  for (; x < length; x++) target[x] = weighted(rows + x, (ptrdiff_t)length, weights, count);
}

#endif
