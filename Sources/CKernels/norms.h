// Layer and RMS norms and their gradients, a lane's or 16 lanes' statistics being taken while they are in the cache.
#ifndef GRADCAM_NORMS_H
#define GRADCAM_NORMS_H

#include "lanes.h"

// The statistics of 16 lanes; of one, 16 times the same.
struct statistics {
  // The mean in two parts, since one float of a large mean would be off by much of a small deviation.
  vector mean, rest;
  // 1 / sqrt(variance + eps).
  vector scale;
};

// One lane, or up to 16 that lie beside one another.
struct strip {
  // Floats in a lane; from one vector to the next; lanes, 0 for one whose floats lie one after the other.
  ptrdiff_t size, step, width;
};

INLINE ptrdiff_t strip_end(struct strip s) { return s.width ? s.size * s.step : s.size; }
INLINE ptrdiff_t strip_part(struct strip s, ptrdiff_t at) { return s.width ? s.width : s.size - at; }

// A lane's sum, once for each of its floats' places in a vector.
INLINE wide joined(wide sum, struct strip s) { return s.width ? sum : sum_of(sum) - (wide){0}; }

// The parameters of a vector's floats; `n` counts vectors.
INLINE vector parameter(const float *values, struct strip s, ptrdiff_t at, ptrdiff_t n) {
  return s.width ? all(values[n]) : load_part(values + at, s.size - at);
}

// x less the mean, 0 behind a lane's end.
INLINE vector deviation(const float *x, struct strip s, ptrdiff_t at, const struct statistics *t) {
  vector value = load_part(x + at, strip_part(s, at)) - t->mean - t->rest;
  return s.width ? value : filled(value, s.size - at, 0);
}

INLINE struct statistics statistics_of(const float *x, struct strip s, const struct gradcam_norm *norm) {
  struct statistics t = {{0}, {0}, {0}};
  const ptrdiff_t end = strip_end(s);
  wide sum = {0};
  if (norm->is_centred) {
    for (ptrdiff_t at = 0; at < end; at += s.step) sum += widened(load_part(x + at, strip_part(s, at)));
    wide mean = joined(sum, s) / (double)s.size;
    t.mean = narrowed(mean);
    t.rest = narrowed(mean - widened(t.mean));
  }
  wide squares = {0};
  for (ptrdiff_t at = 0; at < end; at += s.step) {
    wide value = widened(deviation(x, s, at, &t));
    squares += value * value;
  }
  t.scale = narrowed(1 / __builtin_elementwise_sqrt(joined(squares, s) / (double)s.size + norm->eps));
  return t;
}

INLINE void standardize_strip(const float *x, float *y, struct strip s, const struct gradcam_norm *norm) {
  const struct statistics t = statistics_of(x, s, norm);
  const ptrdiff_t end = strip_end(s);
  for (ptrdiff_t at = 0, n = 0; at < end; at += s.step, n++) {
    vector value = deviation(x, s, at, &t) * t.scale;
    if (norm->weight) value = value * parameter(norm->weight, s, at, n);
    if (norm->bias) value = value + parameter(norm->bias, s, at, n);
    store_part(y + at, value, strip_part(s, at));
  }
}

// With g = gradient * weight and d = x - mean: (g - mean(g) - d * scale^2 * mean(g * d)) * scale.
INLINE void standardize_back_strip(const float *gradient, const float *x, float *target, struct strip s,
                                   const struct gradcam_norm *norm) {
  const struct statistics t = statistics_of(x, s, norm);
  const ptrdiff_t end = strip_end(s);
  wide sum = {0}, products = {0};
  for (ptrdiff_t at = 0, n = 0; at < end; at += s.step, n++) {
    vector g = load_part(gradient + at, strip_part(s, at));
    if (norm->weight) g = g * parameter(norm->weight, s, at, n);
    sum += widened(g);
    products += widened(g) * widened(deviation(x, s, at, &t));
  }
  const wide scale = widened(t.scale);
  const vector slope = narrowed(joined(products, s) / (double)s.size * scale * scale);
  const vector mean = norm->is_centred ? narrowed(joined(sum, s) / (double)s.size) : all(0);
  for (ptrdiff_t at = 0, n = 0; at < end; at += s.step, n++) {
    vector g = load_part(gradient + at, strip_part(s, at));
    if (norm->weight) g = g * parameter(norm->weight, s, at, n);
    store_part(target + at, (g - mean - deviation(x, s, at, &t) * slope) * t.scale, strip_part(s, at));
  }
}

static void standardize_bundles(const float *x, float *y, const struct gradcam_lanes *l,
                                const struct gradcam_norm *norm, ptrdiff_t begin, ptrdiff_t end) {
  for (ptrdiff_t bundle = begin; bundle < end; bundle++) {
    const ptrdiff_t at = bundle_start(l, bundle), width = bundle_width(l, bundle);
    // Of a width that the compiler knows, each is a loop of its own.
    if (l->step == 1)
      standardize_strip(x + at, y + at, (struct strip){l->size, LANES, 0}, norm);
    else if (width == LANES)
      standardize_strip(x + at, y + at, (struct strip){l->size, l->step, LANES}, norm);
    else
      standardize_strip(x + at, y + at, (struct strip){l->size, l->step, width}, norm);
  }
}

static void standardize_back_bundles(const float *gradient, const float *x, float *target,
                                     const struct gradcam_lanes *l, const struct gradcam_norm *norm, ptrdiff_t begin,
                                     ptrdiff_t end) {
  for (ptrdiff_t bundle = begin; bundle < end; bundle++) {
    const ptrdiff_t at = bundle_start(l, bundle), width = bundle_width(l, bundle);
    if (l->step == 1)
      standardize_back_strip(gradient + at, x + at, target + at, (struct strip){l->size, LANES, 0}, norm);
    else if (width == LANES)
      standardize_back_strip(gradient + at, x + at, target + at, (struct strip){l->size, l->step, LANES}, norm);
    else
      standardize_back_strip(gradient + at, x + at, target + at, (struct strip){l->size, l->step, width}, norm);
  }
}

#endif
