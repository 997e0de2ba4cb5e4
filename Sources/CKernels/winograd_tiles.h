// The three transforms of one Winograd algorithm, over many tiles: included once an algorithm, by winograd.h, which has named it
// (`ALGORITHM`) and given its numbers: `POINTS` of a dimension, of as many input places, and `OUTPUTS`, whose tiles begin `STEP` places
// apart in the input.
#define JOINED(algorithm, name) algorithm##_##name
#define EXPANDED(algorithm, name) JOINED(algorithm, name)
#define OURS(name) EXPANDED(ALGORITHM, name)

INLINE void OURS(input_block)(const float *source, ptrdiff_t row, ptrdiff_t column, float *points, ptrdiff_t stride,
                              ptrdiff_t count) {
  vector half[POINTS][POINTS];
  for (int x = 0; x < POINTS; x++) {
    vector d[POINTS], p[POINTS];
    for (int y = 0; y < POINTS; y++) d[y] = load_part(source + y * row + x * column, count);
    OURS(input)(d, p);
    for (int y = 0; y < POINTS; y++) half[y][x] = p[y];
  }
  for (int y = 0; y < POINTS; y++) {
    vector p[POINTS];
    OURS(input)(half[y], p);
    for (int x = 0; x < POINTS; x++) store_part(points + (y * POINTS + x) * stride, p[x], count);
  }
}

static void OURS(input_tiles)(const float *map, float *points, const struct gradcam_winograd_tiles *t) {
  ptrdiff_t c = t->channels, stride = t->count * c;
  for (ptrdiff_t tile = t->begin; tile < t->end; tile++) {
    struct tile_place place = place_of(tile, t);
    ptrdiff_t y0 = place.row * STEP - t->top, x0 = place.column * STEP - t->left;
    int inside = y0 >= 0 && x0 >= 0 && y0 + POINTS <= t->height && x0 + POINTS <= t->width;
    const float *base = map + place.image * t->height * t->width * c;
    for (ptrdiff_t k = 0; k < c; k += LANES) {
      ptrdiff_t count = c - k;
      float *target = points + tile * c + k;
      if (inside && count >= LANES) {
        OURS(input_block)(base + (y0 * t->width + x0) * c + k, t->width * c, c, target, stride, LANES);
        continue;
      }
      float window[POINTS][POINTS][LANES];
      for (int y = 0; y < POINTS; y++) {
        for (int x = 0; x < POINTS; x++) {
          int there = y0 + y >= 0 && y0 + y < t->height && x0 + x >= 0 && x0 + x < t->width;
          vector value = {0};
          if (there) value = load_part(base + ((y0 + y) * t->width + x0 + x) * c + k, count);
          store(window[y][x], value);
        }
      }
      OURS(input_block)(window[0][0], POINTS * LANES, LANES, target, stride, count > LANES ? LANES : count);
    }
  }
}

static void OURS(output_tiles)(const float *points, float *map, const struct gradcam_winograd_tiles *t,
                               const struct gradcam_epilogue *e) {
  const struct gradcam_epilogue first = without_long_activation(e);
  const int has_more = is_long(e->activation);
  ptrdiff_t c = t->channels, stride = t->count * c;
  for (ptrdiff_t tile = t->begin; tile < t->end; tile++) {
    struct tile_place place = place_of(tile, t);
    ptrdiff_t y0 = place.row * OUTPUTS, x0 = place.column * OUTPUTS;
    ptrdiff_t height = t->height - y0 < OUTPUTS ? t->height - y0 : OUTPUTS;
    ptrdiff_t width = t->width - x0 < OUTPUTS ? t->width - x0 : OUTPUTS;
    ptrdiff_t origin = ((place.image * t->height + y0) * t->width + x0) * c;
    for (ptrdiff_t k = 0; k < c; k += LANES) {
      ptrdiff_t count = c - k;
      const float *source = points + tile * c + k;
      vector half[OUTPUTS][POINTS];
      for (int x = 0; x < POINTS; x++) {
        vector m[POINTS], y[OUTPUTS];
        for (int p = 0; p < POINTS; p++) m[p] = load_part(source + (p * POINTS + x) * stride, count);
        OURS(output)(m, y);
        for (int o = 0; o < OUTPUTS; o++) half[o][x] = y[o];
      }
      for (ptrdiff_t oy = 0; oy < height; oy++) {
        vector y[OUTPUTS];
        OURS(output)(half[oy], y);
        ptrdiff_t offset = origin + oy * t->width * c + k;
        const float *residual = e->residual ? e->residual + offset : NULL;
        if (width == OUTPUTS) {
          finish_group(y, OUTPUTS, &first, k, residual, c, count);
        } else {
          for (ptrdiff_t ox = 0; ox < width; ox++)
            finish_group(&y[ox], 1, &first, k, residual ? residual + ox * c : NULL, 0, count);
        }
        for (ptrdiff_t ox = 0; ox < width; ox++) store_part(map + offset + ox * c, y[ox], count);
        for (ptrdiff_t ox = 0; ox < width && has_more; ox++)
          activate_long(map + offset + ox * c, count < LANES ? count : LANES, e);
      }
    }
  }
}

static void OURS(weight_panel)(const struct gradcam_weight_view *w, float *points, ptrdiff_t stride) {
  for (ptrdiff_t c = 0; c < w->channels; c++) {
    for (ptrdiff_t k = 0; k < w->outputs; k += LANES) {
      const float *source = w->base + c * w->channel_stride + k * w->output_stride;
      ptrdiff_t count = w->outputs - k;
      vector half[POINTS][3];
      for (int s = 0; s < 3; s++) {
        vector g[3], p[POINTS];
        for (int r = 0; r < 3; r++)
          g[r] = gather_weights(source + r * w->row_stride + s * w->column_stride, w->output_stride, count);
        OURS(weights)(g, p);
        for (int y = 0; y < POINTS; y++) half[y][s] = p[y];
      }
      for (int y = 0; y < POINTS; y++) {
        vector p[POINTS];
        OURS(weights)(half[y], p);
        for (int x = 0; x < POINTS; x++)
          store_part(points + (y * POINTS + x) * stride + c * w->outputs + k, p[x], count);
      }
    }
  }
}

#undef OURS
#undef EXPANDED
#undef JOINED
#undef ALGORITHM
#undef POINTS
#undef OUTPUTS
#undef STEP
