// Softmax over whole rows of attention scores: y = e to the (x - max) / sum, in place.
#ifndef GRADCAM_ATTENTION_H
#define GRADCAM_ATTENTION_H

#include "epilogue.h"

// Set for the first `count` lanes.
INLINE lanes lanes_before(ptrdiff_t count) {
  const lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return numbers < (int32_t)(count < LANES ? count : LANES);
}

// `rows` rows of `count` scores, one behind the other. Sums run in an order that depends on `count` alone. A score that lies more than
// 87.3 below its row's largest, such as minus infinity, has a share of 0; a row with a NaN, or of minus infinities alone, is all NaN.
static void attention_shares(float *scores, ptrdiff_t rows, ptrdiff_t count) {
  for (ptrdiff_t row = 0; row < rows; row++, scores += count) {
    vector largest = all(-__builtin_inff());
    for (ptrdiff_t i = 0; i < count; i += LANES) {
      vector x = choose(lanes_before(count - i), load_part(scores + i, count - i), largest);
      largest = choose(x > largest, x, largest);
    }
    float most = largest[0];
    for (int lane = 1; lane < LANES; lane++) most = largest[lane] > most ? largest[lane] : most;
    vector sums = {0};
    for (ptrdiff_t i = 0; i < count; i += LANES) {
      vector x = load_part(scores + i, count - i) - most;
      vector power = choose(x < -87.3f, all(0), exponential(x));
      sums += choose(lanes_before(count - i), power, all(0));
      store_part(scores + i, power, count - i);
    }
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += sums[lane];
    const float factor = 1 / sum;
    for (ptrdiff_t i = 0; i < count; i += LANES) store_part(scores + i, load_part(scores + i, count - i) * factor, count - i);
  }
}

#endif
