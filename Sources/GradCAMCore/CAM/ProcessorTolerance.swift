/// How far a map may be from the same map of another kind of processor, which rounds and adds up in another order.
///
/// Bounds hold for the means of a map over 16×16 cells, or for its cells where it has fewer. They were chosen by
/// `Scripts/measure_processors.py`: the README has the measurement.
public struct ProcessorTolerance: Equatable, Sendable {
  /// How far any cell may be, as a share of the map's largest magnitude.
  public let largest: Float
  /// How far all cells may be together, as a share of the sum of their magnitudes; nil for as far as `largest` allows.
  public let mean: Float?

  /// Of maps that change by as little as the network's values do: the largest seen is 1.3e-5.
  public static let steady = ProcessorTolerance(largest: 1e-4, mean: nil)

  /// Of maps whose cells are differences of large numbers.
  public static let differences = ProcessorTolerance(largest: 1e-3, mean: nil)

  /// Of maps that jump where rounding decides which side of a kink a value is on.
  ///
  /// A ReLU beside zero lets a gradient through on one processor and none on another. A few cells see it, or all a little: the
  /// largest seen is 0.0054, and 8e-4 on the mean. What comes of other weights, seeds or pixels is at all cells, and its mean is
  /// larger: weights that are 1 % off change it by 0.0042 at least.
  public static let jumping = ProcessorTolerance(largest: 0.05, mean: 0.002)
}
