// Softmax and its gradient: a row at a time where its floats lie one after the other, else 16 neighbouring lanes.
#ifndef GRADCAM_SOFTMAX_H
#define GRADCAM_SOFTMAX_H

#include "elementary.h"
#include "lanes.h"

INLINE vector larger(vector a, vector b) { return choose(a > b, a, b); }

static void softmax_row(const float *x, float *y, ptrdiff_t size) {
  vector most = all(-__builtin_inff());
  for (ptrdiff_t i = 0; i < size; i += LANES)
    most = larger(filled(load_part(x + i, size - i), size - i, -__builtin_inff()), most);
  float largest = most[0];
  for (int i = 1; i < LANES; i++) largest = most[i] > largest ? most[i] : largest;
  wide sum = {0};
  for (ptrdiff_t i = 0; i < size; i += LANES) {
    // What fills the last vector counts nothing.
    vector value = decay(filled(load_part(x + i, size - i), size - i, -__builtin_inff()) - largest);
    store_part(y + i, value, size - i);
    sum += widened(value);
  }
  const float factor = (float)(1 / sum_of(sum));
  for (ptrdiff_t i = 0; i < size; i += LANES) store_part(y + i, load_part(y + i, size - i) * factor, size - i);
}

INLINE void softmax_columns(const float *x, float *y, ptrdiff_t size, ptrdiff_t step, ptrdiff_t width) {
  const ptrdiff_t end = size * step;
  vector largest = all(-__builtin_inff());
  for (ptrdiff_t i = 0; i < end; i += step) largest = larger(load_part(x + i, width), largest);
  wide sum = {0};
  for (ptrdiff_t i = 0; i < end; i += step) {
    vector value = decay(load_part(x + i, width) - largest);
    store_part(y + i, value, width);
    sum += widened(value);
  }
  const vector factor = narrowed(1 / sum);
  for (ptrdiff_t i = 0; i < end; i += step) store_part(y + i, load_part(y + i, width) * factor, width);
}

static void softmax_bundles(const float *x, float *y, const struct gradcam_lanes *l, ptrdiff_t begin, ptrdiff_t end) {
  for (ptrdiff_t bundle = begin; bundle < end; bundle++) {
    const ptrdiff_t start = bundle_start(l, bundle);
    if (l->step == 1) {
      softmax_row(x + start, y + start, l->size);
      continue;
    }
    const ptrdiff_t width = bundle_width(l, bundle);
    // Of a width that the compiler knows, partial vectors are none.
    if (width == LANES)
      softmax_columns(x + start, y + start, l->size, l->step, LANES);
    else
      softmax_columns(x + start, y + start, l->size, l->step, width);
  }
}

static void softmax_back_row(const float *gradient, const float *y, float *target, ptrdiff_t size) {
  wide sum = {0};
  for (ptrdiff_t i = 0; i < size; i += LANES)
    sum += widened(load_part(gradient + i, size - i) * load_part(y + i, size - i));
  const float dot = (float)sum_of(sum);
  for (ptrdiff_t i = 0; i < size; i += LANES)
    store_part(target + i, load_part(y + i, size - i) * (load_part(gradient + i, size - i) - dot), size - i);
}

INLINE void softmax_back_columns(const float *gradient, const float *y, float *target, ptrdiff_t size, ptrdiff_t step,
                                 ptrdiff_t width) {
  const ptrdiff_t end = size * step;
  wide sum = {0};
  for (ptrdiff_t i = 0; i < end; i += step) sum += widened(load_part(gradient + i, width) * load_part(y + i, width));
  const vector dot = narrowed(sum);
  for (ptrdiff_t i = 0; i < end; i += step)
    store_part(target + i, load_part(y + i, width) * (load_part(gradient + i, width) - dot), width);
}

static void softmax_back_bundles(const float *gradient, const float *y, float *target, const struct gradcam_lanes *l,
                                 ptrdiff_t begin, ptrdiff_t end) {
  for (ptrdiff_t bundle = begin; bundle < end; bundle++) {
    const ptrdiff_t start = bundle_start(l, bundle);
    if (l->step == 1) {
      softmax_back_row(gradient + start, y + start, target + start, l->size);
      continue;
    }
    const ptrdiff_t width = bundle_width(l, bundle);
    if (width == LANES)
      softmax_back_columns(gradient + start, y + start, target + start, l->size, l->step, LANES);
    else
      softmax_back_columns(gradient + start, y + start, target + start, l->size, l->step, width);
  }
}

#endif
