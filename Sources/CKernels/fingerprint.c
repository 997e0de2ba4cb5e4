// Digests of weights at the speed of memory.
#include "CFingerprint.h"
#include "CKernels.h"

#include <string.h>

// Lanes that a step takes one word each into, side by side: as many as keep several vector units busy.
enum { LANES = 64, BLOCK = 4 * LANES };

// Odd, so that multiplying by them loses nothing.
static const uint32_t narrow = 0x9e3779b1;
static const uint64_t wide = 0x9e3779b97f4a7c15;

static uint64_t word_at(const unsigned char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Each step can be undone: two states that differ, or two words, give two results that do.
static uint64_t step(uint64_t state, uint64_t word) {
  const uint64_t product = (state ^ word) * wide;
  return product << 29 | product >> 35;
}

// Takes whole blocks in, for any processor's vectors.
static inline __attribute__((always_inline)) void take(uint32_t lanes[LANES], const unsigned char *bytes,
                                                       size_t blocks) {
  uint32_t state[LANES];
  memcpy(state, lanes, sizeof state);
  for (; blocks > 0; blocks--, bytes += BLOCK) {
    uint32_t words[LANES];
    memcpy(words, bytes, BLOCK);
    for (int lane = 0; lane < LANES; lane++) {
      const uint32_t product = (state[lane] ^ words[lane]) * narrow;
      state[lane] = product << 13 | product >> 19;
    }
  }
  memcpy(lanes, state, sizeof state);
}

static void take_portable(uint32_t lanes[LANES], const unsigned char *bytes, size_t blocks) {
  take(lanes, bytes, blocks);
}

#if defined(__x86_64__)
// Wider vectors gain nothing: this takes what is in the cache five times as fast as memory brings it.
__attribute__((target("avx2"))) static void take_avx2(uint32_t lanes[LANES], const unsigned char *bytes,
                                                      size_t blocks) {
  take(lanes, bytes, blocks);
}

static void take_best(uint32_t lanes[LANES], const unsigned char *bytes, size_t blocks) {
  (gradcam_best_level() > GRADCAM_PORTABLE ? take_avx2 : take_portable)(lanes, bytes, blocks);
}
#else
static void take_best(uint32_t lanes[LANES], const unsigned char *bytes, size_t blocks) {
  take_portable(lanes, bytes, blocks);
}
#endif

uint64_t gradcam_fingerprint(const void *start, size_t count) {
  const unsigned char *bytes = start;
  uint64_t state = count;
  size_t left = count;
  if (left >= BLOCK) {
    uint32_t lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = (uint32_t)lane * narrow;
    take_best(lanes, bytes, left / BLOCK);
    for (int lane = 0; lane < LANES; lane++) state = step(state, lanes[lane]);
    bytes += left / BLOCK * BLOCK;
    left %= BLOCK;
  }
  for (; left >= 8; left -= 8, bytes += 8) state = step(state, word_at(bytes));
  if (left > 0) {
    unsigned char last[8] = {0};
    memcpy(last, bytes, left);
    state = step(state, word_at(last));
  }
  // So that all bits of the result depend on the last word's.
  state = step(state, state >> 32);
  return step(state, 0);
}
