/// What an operation is in a softmax, a sigmoid or a GELU that is written out in elementary functions.
enum ElementaryTerm: Hashable, Sendable {
  case exponential, logarithm, tangent, errorFunction, negation, reciprocal
  case sum, difference, product, quotient, power
  /// Σ x of numbers that are not negative.
  case total(ReducedAxes)
  case largest(ReducedAxes)
  /// ln Σ eˣ.
  case logOfTotal(ReducedAxes)
  /// x − ln Σ eˣ.
  case logOfSoftmax(axis: Int)
  /// The same numbers again along an axis, as broadcasting has them.
  case repetition
}
