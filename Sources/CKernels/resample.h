// Resizing of 8-bit pixels in fixed point. On x86-64 every level has SSE2's way of it.
#ifndef GRADCAM_RESAMPLE_H
#define GRADCAM_RESAMPLE_H

#include "CKernels.h"

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

#if defined(__SSE2__)

// SSE2 multiplies 16-bit numbers only, but adds the products up in pairs as it does so. A weight is taken apart into
// its low bits and the rest, which both fit, as do all of their sums; put together again they are the same number.
enum { low_bits = 11 };

typedef struct {
  __m128i low, rest;
} split;

static split split_weights(const int32_t *weights) {
  const __m128i w = _mm_loadu_si128((const __m128i *)weights);
  const __m128i low = _mm_and_si128(w, _mm_set1_epi32((1 << low_bits) - 1));
  const __m128i rest = _mm_srai_epi32(w, low_bits);
  return (split){_mm_packs_epi32(low, low), _mm_packs_epi32(rest, rest)};
}

// Adds samples, in pairs of neighbouring taps, times two of the four weights.
static split add_first(split sums, __m128i pairs, split weights) {
  sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(pairs, _mm_shuffle_epi32(weights.low, 0x00)));
  sums.rest = _mm_add_epi32(sums.rest, _mm_madd_epi16(pairs, _mm_shuffle_epi32(weights.rest, 0x00)));
  return sums;
}

static split add_second(split sums, __m128i pairs, split weights) {
  sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(pairs, _mm_shuffle_epi32(weights.low, 0x55)));
  sums.rest = _mm_add_epi32(sums.rest, _mm_madd_epi16(pairs, _mm_shuffle_epi32(weights.rest, 0x55)));
  return sums;
}

// The sums as levels from 0 to 255, in 32 bits.
static __m128i total(split sums) {
  const __m128i sum = _mm_add_epi32(sums.low, _mm_slli_epi32(sums.rest, low_bits));
  return _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(weight_half)), weight_bits);
}

static split nothing(void) { return (split){_mm_setzero_si128(), _mm_setzero_si128()}; }

// One RGB pixel of the target; reads up to 16 bytes beyond a multiple of four taps.
static void rgb_pixel(const uint8_t *samples, const int32_t *weights, ptrdiff_t count, uint8_t *target) {
  const __m128i zero = _mm_setzero_si128();
  split sums = nothing();
  for (ptrdiff_t tap = 0; tap < count; tap += 4) {
    const split w = split_weights(weights + tap);
    const __m128i four = _mm_loadu_si128((const __m128i *)(samples + 3 * tap));
    const __m128i two = _mm_srli_si128(four, 6);
    const __m128i first = _mm_unpacklo_epi8(four, _mm_srli_si128(four, 3));
    const __m128i second = _mm_unpacklo_epi8(two, _mm_srli_si128(two, 3));
    sums = add_first(sums, _mm_unpacklo_epi8(first, zero), w);
    sums = add_second(sums, _mm_unpacklo_epi8(second, zero), w);
  }
  const __m128i words = _mm_packs_epi32(total(sums), zero);
  const int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
  target[0] = (uint8_t)bytes;
  target[1] = (uint8_t)(bytes >> 8);
  target[2] = (uint8_t)(bytes >> 16);
}

// One gray pixel of the target; reads up to a multiple of four taps, and 4 bytes more.
static uint8_t gray_pixel(const uint8_t *samples, const int32_t *weights, ptrdiff_t count) {
  const __m128i zero = _mm_setzero_si128();
  split sums = nothing();
  for (ptrdiff_t tap = 0; tap < count; tap += 4) {
    const split w = split_weights(weights + tap);
    const __m128i four = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(samples + tap)), zero);
    // The upper half of the sums belongs to samples beyond these four.
    sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(four, w.low));
    sums.rest = _mm_add_epi32(sums.rest, _mm_madd_epi16(four, w.rest));
  }
  const __m128i sum = _mm_add_epi32(sums.low, _mm_slli_epi32(sums.rest, low_bits));
  const __m128i whole = _mm_add_epi32(sum, _mm_srli_si128(sum, 4));
  return rounded(_mm_cvtsi128_si32(_mm_add_epi32(whole, _mm_set1_epi32(weight_half))));
}

// 16 samples of a row that is made of `count` rows.
static void sixteen(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target) {
  const __m128i zero = _mm_setzero_si128();
  split sums[4] = {nothing(), nothing(), nothing(), nothing()};
  for (ptrdiff_t tap = 0; tap < count; tap += 2, rows += 2 * length) {
    const int32_t pair[4] = {weights[tap], tap + 1 < count ? weights[tap + 1] : 0};
    const split w = split_weights(pair);
    const __m128i one = _mm_loadu_si128((const __m128i *)rows);
    const __m128i other = _mm_loadu_si128((const __m128i *)(tap + 1 < count ? rows + length : rows));
    const __m128i low = _mm_unpacklo_epi8(one, other), high = _mm_unpackhi_epi8(one, other);
    sums[0] = add_first(sums[0], _mm_unpacklo_epi8(low, zero), w);
    sums[1] = add_first(sums[1], _mm_unpackhi_epi8(low, zero), w);
    sums[2] = add_first(sums[2], _mm_unpacklo_epi8(high, zero), w);
    sums[3] = add_first(sums[3], _mm_unpackhi_epi8(high, zero), w);
  }
  const __m128i low = _mm_packs_epi32(total(sums[0]), total(sums[1]));
  const __m128i high = _mm_packs_epi32(total(sums[2]), total(sums[3]));
  _mm_storeu_si128((__m128i *)target, _mm_packus_epi16(low, high));
}

#endif

static void resample_row(const uint8_t *source, size_t readable, const gradcam_axis *axis, int32_t channels,
                         uint8_t *target) {
  (void)readable; // Only SSE2's way reads beyond the row.
  for (ptrdiff_t x = 0; x < axis->length; x++, target += channels) {
    const ptrdiff_t count = axis->counts[x];
    const int32_t *weights = axis->weights + x * axis->stride;
    const uint8_t *samples = source + axis->firsts[x] * channels;
#if defined(__SSE2__)
    const size_t left = readable - (size_t)(samples - source);
    if (axis->stride % 4 == 0 && left >= (size_t)((count + 3) * channels) + 16) {
      if (channels == 3) {
        rgb_pixel(samples, weights, count, target);
      } else {
        target[0] = gray_pixel(samples, weights, count);
      }
      continue;
    }
#endif
    for (int32_t channel = 0; channel < channels; channel++) {
      target[channel] = weighted(samples + channel, channels, weights, count);
    }
  }
}

static void add_rows(const uint8_t *rows, size_t length, const int32_t *weights, ptrdiff_t count, uint8_t *target) {
  size_t x = 0;
#if defined(__SSE2__)
  for (; length - x >= 16; x += 16) sixteen(rows + x, length, weights, count, target + x);
#endif
  for (; x < length; x++) target[x] = weighted(rows + x, (ptrdiff_t)length, weights, count);
}

#endif
