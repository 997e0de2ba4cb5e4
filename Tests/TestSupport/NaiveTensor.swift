public import GradCAMCore

/// A tensor for oracles: doubles in logical order, reached by an index along every axis. Slow, and hard to get wrong.
public struct NaiveTensor: Sendable {
  public let shape: [Int]
  public private(set) var values: [Double]

  public init(_ values: [Double], _ shape: [Int]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
    (self.values, self.shape) = (values, shape)
  }

  public init(_ tensor: Tensor) { self.init(tensor.logical().map(Double.init), tensor.shape.dimensions) }

  /// The tensor whose element at each index is what `element` says.
  public init(_ shape: [Int], _ element: ([Int]) -> Double) {
    self.init(NaiveTensor.indices(shape).map(element), shape)
  }

  public var tensor: Tensor { Tensor(values.map { Float($0) }, Shape(shape)) }

  public subscript(index: [Int]) -> Double { values[offset(index)] }

  /// An element of a feature map.
  public subscript(n: Int, c: Int, y: Int, x: Int) -> Double {
    values[((n * shape[1] + c) * shape[2] + y) * shape[3] + x]
  }

  /// The same values under another shape.
  public func reshaped(_ shape: [Int]) -> NaiveTensor { NaiveTensor(values, shape) }

  public func map(_ body: (Double) -> Double) -> NaiveTensor { NaiveTensor(values.map(body), shape) }

  /// Where an index stands in logical order, the last axis fastest.
  private func offset(_ index: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }

  /// All indices of a shape in logical order.
  public static func indices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, size in prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } } }
  }
}
