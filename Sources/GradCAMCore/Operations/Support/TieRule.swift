/// Which of equal elements gets the gradient of the largest or smallest.
enum TieRule: Sendable {
  /// All of them, in equal shares: PyTorch's `amax`, `amin`, `maximum`, `minimum`, and `max()` of a whole tensor.
  case shared
  /// The first: along an axis PyTorch's `max(dim)`, of several inputs its `clamp`, which passes gradients at its bounds.
  case first
}
