// What runs along one axis of a tensor: softmax, norms.
#ifndef GRADCAM_CLANES_H
#define GRADCAM_CLANES_H

#include <stddef.h>

// Lanes of `size` floats that lie `step` apart, in blocks of size * step floats.
//
// The work goes by bundles: a lane where its floats lie one after the other (a step of 1), else up to 16 lanes that lie beside one
// another, of which a block has as many as cover its `step` lanes. Bundles are numbered over all blocks.
struct gradcam_lanes {
  ptrdiff_t size, step;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias along a lane.
struct gradcam_norm {
  // `size` floats each; NULL for 1 and 0.
  const float *weight;
  const float *bias;
  double eps;
  // Whether the mean is taken away; if not, it counts as 0.
  int is_centred;
};

#endif
