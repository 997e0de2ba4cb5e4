/// A score: a weighted sum of a network's outputs, before or after its final sigmoid or softmax.
///
/// A class's own score has one weight of 1. The negative class of a network with one output has the weight −1, a contrast of two
/// classes 1 and −1.
public struct Score: Sendable, Hashable {
  /// Which of the network's values are summed.
  public let point: Session.ScorePoint
  /// By output.
  public let weights: [Float]

  /// The sum of the outputs at `point`, each times its weight.
  public init(_ weights: [Float], at point: Session.ScorePoint) { (self.weights, self.point) = (weights, point) }

  /// The score of one class, as an index into the outputs.
  static func of(_ index: Int, count: Int, sign: Float = 1, at point: Session.ScorePoint) -> Score {
    Score((0..<count).map { $0 == index ? sign : 0 }, at: point)
  }

  /// What speaks against this score speaks for that one.
  var negated: Score { Score(weights.map { -$0 }, at: point) }

  /// This score less another.
  func against(_ other: Score) -> Score { Score(zip(weights, other.weights).map { $0 - $1 }, at: point) }

  /// The score of one row of outputs.
  public func value(of outputs: some Collection<Float>) -> Float {
    var sum = 0.0
    for (output, weight) in zip(outputs, weights) where weight != 0 { sum += Double(output) * Double(weight) }
    return Float(sum)
  }

  /// The scores of all rows.
  func values(of rows: OutputRows) -> [Float] { (0..<rows.count).map { value(of: rows[$0]) } }

  /// The score's gradient with respect to a batch of outputs of this shape.
  func gradient(for shape: Shape) -> Tensor {
    precondition(shape.count % weights.count == 0, "a score of other outputs")
    let images = shape.count / weights.count
    return Tensor((0..<images).flatMap { _ in weights }, shape)
  }
}

extension Session {
  /// Runs the forward pass that gave `outputs` back from a score of each of its images.
  ///
  /// - Parameter calls: those to whose outputs the pass goes; nil for wherever hooks wait.
  func backward(_ score: Score, _ outputs: Outputs, reaching calls: Set<Int>? = nil) throws {
    let gradient = score.gradient(for: outputs[score.point].shape)
    try backward(gradient, at: outputs.available(score.point), reaching: calls)
  }
}

/// What left a network for a batch of images: a row each.
public struct OutputRows: Sendable {
  /// Row by row.
  public private(set) var values: [Float] = []
  /// Outputs a row.
  public let width: Int

  /// The number of rows.
  public var count: Int { width == 0 ? 0 : values.count / width }
  /// One image's outputs.
  public subscript(row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }

  init(width: Int, values: [Float] = []) { (self.width, self.values) = (width, values) }

  /// - Parameter images: how many images the outputs are of.
  init(_ tensor: Tensor, images: Int) {
    width = tensor.count / max(images, 1)
    values = tensor.logical()
  }

  mutating func append(_ other: OutputRows) { values += other.values }
}
