public import GradCAMCore
public import Testing

/// Compares a vector-Jacobian product with central differences of the forward pass.
///
/// The score is Σ r·y for random r, summed in doubles. Where the slopes to the left and to the right differ, the function has a
/// kink there, and the element is passed over; too many such are a failure, too.
public struct GradientCheck {
  /// Half the distance between the two points of a difference.
  public var step: Float = 1e-2
  /// The share of max(|analytic|, |numeric|, 1) that they may differ by.
  public var tolerance = 2e-3
  /// How much the two one-sided slopes may differ where there is no kink.
  public var kink = 0.1
  /// The most elements of one input that are tried.
  public var limit = 48

  public init() {}

  /// - Parameters:
  ///   - name: of the operation, for failures.
  ///   - backward: the gradients of the inputs, from the output's gradient.
  public func check(
    _ name: String, inputs: [Tensor], forward: ([Tensor]) -> Tensor, backward: (Tensor) -> [Tensor?],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var random = SeededRandom(seed: 77)
    let shape = forward(inputs).shape
    let weights = random.uniform(shape.count)
    let gradients = backward(Tensor(weights, shape))
    #expect(gradients.count == inputs.count, "\(name): gradients", sourceLocation: sourceLocation)
    for (tensor, gradient) in gradients.enumerated() {
      guard let gradient, gradient.shape == inputs[tensor].shape else {
        let found = gradient.map { "\($0.shape)" } ?? "none"
        Issue.record("\(name): gradient of input \(tensor) is \(found)", sourceLocation: sourceLocation)
        continue
      }
      let analytic = gradient.logical()
      let chosen = analytic.indices.shuffled(using: &random).prefix(limit)
      var kinks = 0
      for index in chosen {
        let slopes = slopes(inputs, tensor, index, weights, forward)
        if abs(slopes.left - slopes.right) > kink * max(abs(slopes.left), abs(slopes.right), 1) {
          kinks += 1
          continue
        }
        let (found, numeric) = (Double(analytic[index]), (slopes.left + slopes.right) / 2)
        if abs(found - numeric) <= tolerance * max(abs(found), abs(numeric), 1) { continue }
        Issue.record(
          "\(name): input \(tensor), element \(index): analytic \(found), numeric \(numeric), slopes \(slopes)",
          sourceLocation: sourceLocation)
      }
      #expect(
        kinks * 5 <= chosen.count, "\(name): kinks at \(kinks) of \(chosen.count)", sourceLocation: sourceLocation)
    }
  }

  /// The score's slopes to the left and to the right of one element.
  private func slopes(
    _ inputs: [Tensor], _ tensor: Int, _ index: Int, _ weights: [Float], _ forward: ([Tensor]) -> Tensor
  ) -> (left: Double, right: Double) {
    let values = inputs[tensor].logical()
    func score(_ offset: Float) -> (at: Double, score: Double) {
      var (moved, inputs) = (values, inputs)
      moved[index] += offset
      inputs[tensor] = Tensor(moved, inputs[tensor].shape)
      let score = zip(forward(inputs).logical(), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      return (Double(moved[index]), score)
    }
    let (left, middle, right) = (score(-step), score(0), score(step))
    return ((middle.score - left.score) / (middle.at - left.at), (right.score - middle.score) / (right.at - middle.at))
  }
}
