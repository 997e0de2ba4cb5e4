// SHA-256 for processors of x86-64 that have instructions for it.
#include "sha256.h"

#if defined(__x86_64__)
#include <immintrin.h>

// The instructions hold the state as (f e b a) and (h g d c), highest lane last, and do two rounds at a time.
__attribute__((target("sha,sse4.1,ssse3"))) static void blocks(uint32_t state[8], const uint8_t *block, size_t count) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i dcba = _mm_loadu_si128((const __m128i *)state);
  const __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
  const __m128i badc = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  __m128i abef = _mm_alignr_epi8(badc, efgh, 8), cdgh = _mm_blend_epi16(efgh, badc, 0xF0);
  for (; count > 0; count--, block += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), order);
#pragma unroll
    for (int t = 0; t < 16; t++) {
      if (t >= 4) {
        // w[t - 16 .. t - 13] + s0 of the next + w[t - 7 ..], then s1: four words of the schedule.
        const __m128i seventh = _mm_alignr_epi8(w[(t + 3) & 3], w[(t + 2) & 3], 4);
        const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[t & 3], w[(t + 1) & 3]), seventh);
        w[t & 3] = _mm_sha256msg2_epu32(sum, w[(t + 3) & 3]);
      }
      const __m128i keyed = _mm_add_epi32(w[t & 3], _mm_loadu_si128((const __m128i *)(gradcam_sha256_constants + 4 * t)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

const struct gradcam_sha256 gradcam_sha256_x86 = {"x86", blocks};
#endif
