/// captum 0.9's `sensitivity_max`: the greatest of ‖a(x) − a(x′)‖ / ‖a(x)‖ over 10 images x′ = x + u, where u is uniform in [−0.02, 0.02] for each
/// value of the input. A map whose norm is 0 is divided by 1.
///
/// Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", 2019 (arXiv 1901.09392), definition 3: a maximum over the ball, which ten
/// draws come near from below. The norm is Frobenius' of the unscaled map at the layer's size. The library's number is √10 times this one where a
/// map is handed over as a tensor and not in a tuple, as `LayerGradCam.attribute` returns it: it then takes the tensor apart image by image, and
/// broadcasts. That is not followed. Noise u has number s·H·W·C + i, for value i of sample s, channels innermost.
public struct CaptumSensitivity: Metric {
  public let name = "sensitivity-max"
  public let paper = "captum 0.9, sensitivity_max"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .explanations

  static let samples = 10
  static let radius: Float = 0.02

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (input, map, random) = (subject.input, subject.map, subject.random(30))
    let norm = map.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    var most = 0.0
    for sample in 0..<Self.samples {
      let changed = Tensor(input.shape) { target in
        for i in 0..<input.count {
          let share = random.uniform(sample * input.count + i)
          target[i] = input.elements[i] + Self.radius * (2 * share - 1)
        }
      }
      let again = try subject.explanation(of: changed)
      let square = zip(map.values, again.values).reduce(0.0) { sum, pair in
        sum + Double(pair.0 - pair.1) * Double(pair.0 - pair.1)
      }
      guard square.isFinite else { return .undefined }
      most = max(most, square.squareRoot() / (norm == 0 ? 1 : norm))
    }
    return MetricFinding(most)
  }
}
