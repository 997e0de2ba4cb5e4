// What kernels do to results as they store them.
#ifndef GRADCAM_CEPILOGUE_H
#define GRADCAM_CEPILOGUE_H

enum gradcam_activation {
  GRADCAM_IDENTITY,
  GRADCAM_RELU,
  GRADCAM_CLIP,         // between a and b
  GRADCAM_HARD_SWISH,   // x * clip(x + 3, 0, 6) / 6
  GRADCAM_HARD_SIGMOID, // clip(a * x + b, 0, 1)
  GRADCAM_SIGMOID,
  GRADCAM_SILU,      // x * sigmoid(x)
  GRADCAM_STAR_RELU, // a * max(x, 0)^2 + b
  // From here on those that take many instructions (epilogue.h).
  GRADCAM_GELU,      // x * (1 + erf(x / sqrt 2)) / 2
  GRADCAM_GELU_TANH, // x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2
  GRADCAM_ERF,
  GRADCAM_TANH,
};

// What is done to a convolution's sums before they are stored: y = f(sum * scale + shift + residual). NULL stands for 1 or 0.
struct gradcam_epilogue {
  const float *scale;
  const float *shift;
  // In the output's order.
  const float *residual;
  int activation;
  float a;
  float b;
};

#endif
