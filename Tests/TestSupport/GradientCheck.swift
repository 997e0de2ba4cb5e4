public import GradCAMCore
public import Testing

/// Compares a vector-Jacobian product with central differences of the forward pass.
///
/// The score is Σ r·y for random r, summed in doubles. It is tried along some elements by themselves, and along all of them at
/// once. Where the slopes behind and ahead differ, the function has a kink there, and the direction is passed over; too many such
/// are a failure, too.
public struct GradientCheck {
  /// Half the distance between the two points of a difference.
  public var step: Float = 1e-2
  /// The share of max(|analytic|, |numeric|, 1) that they may differ by.
  public var tolerance = 2e-3
  /// How much the two one-sided slopes may differ where there is no kink.
  public var kink = 0.1
  /// The most elements of one input that are tried by themselves.
  public var limit = 40

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
      let failures = failures(gradient.logical(), inputs[tensor].logical(), &random) { values in
        var moved = inputs
        moved[tensor] = Tensor(values, inputs[tensor].shape)
        return zip(forward(moved).logical(), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      for failure in failures {
        Issue.record("\(name): input \(tensor), \(failure)", sourceLocation: sourceLocation)
      }
    }
  }

  /// Where the gradient of `score` at `values` is not what it is said to be.
  private func failures(
    _ gradient: [Float], _ values: [Float], _ random: inout SeededRandom, score: ([Float]) -> Double
  ) -> [String] {
    var directions = values.indices.shuffled(using: &random).prefix(limit).map { [($0, 1 as Float)] }
    directions.append(Array(zip(values.indices, random.uniform(values.count))))
    var (failures, kinks) = ([String](), 0)
    let here = score(values)
    for direction in directions {
      let left = (here - score(moved(values, direction, by: -step))) / Double(step)
      let right = (score(moved(values, direction, by: step)) - here) / Double(step)
      if abs(left - right) > kink * max(abs(left), abs(right), 1) {
        kinks += 1
        continue
      }
      let analytic = direction.reduce(0) { $0 + Double(gradient[$1.0]) * Double($1.1) }
      let numeric = (left + right) / 2
      if abs(analytic - numeric) <= tolerance * max(abs(analytic), abs(numeric), 1) { continue }
      let what = direction.count == 1 ? "element \(direction[0].0)" : "all elements"
      failures.append("\(what): analytic \(analytic), numeric \(numeric) (behind \(left), ahead \(right))")
    }
    if kinks * 5 > directions.count { failures.append("kinks in \(kinks) of \(directions.count) directions") }
    return failures
  }

  private func moved(_ values: [Float], _ direction: [(index: Int, amount: Float)], by step: Float) -> [Float] {
    var values = values
    for (index, amount) in direction { values[index] += step * amount }
    return values
  }
}
