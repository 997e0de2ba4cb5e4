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
}
