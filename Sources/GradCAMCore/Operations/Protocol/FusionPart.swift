/// What an operation can be in a step that joins several.
enum FusionPart {
  /// The beginning of a step, with what follows done as its results are stored.
  case convolution(Conv2d)
  /// A scale and a shift by channel: behind a convolution, or the beginning of a step.
  case batchNorm(BatchNorm2d)
  /// The sum of a step's result and another value.
  case addition
  case activation(Activation)
  /// With a sigmoid of one of its factors it is the activation SiLU.
  case product
  case quotient
  /// A product of rows, the last axis, with constant weights: the convolution of 1×1 that they are to a map whose pixels the rows are.
  case rows(Conv2d)
  /// The sum with a constant, and the product with one.
  case bias(Tensor)
  case scale(Tensor)
  /// The product with one number.
  case factor(Double)
  /// A product of matrices in the last two axes: with the shares between two of them, attention.
  case matmul
}
