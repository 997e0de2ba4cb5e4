import Glibc
public import ModelFormats

/// Finer-CAM: Grad-CAM of y_c − γ·mean y_d over the three classes d whose scores are nearest, γ = 0.6: what tells the class from those
/// that look like it.
///
/// Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", 2025 (arXiv 2501.11309).
/// pytorch-grad-cam weighs the differences by the classes' probabilities, with γ = 1, and differentiates those weights, too.
public struct FinerCAM: CAMMethod {
  public let name = "finercam"
  public let paper = "Zhang et al. 2025, arXiv 2501.11309"
  private let base = GradCAM()
  private static let gamma: Float = 0.6
  private static let references = 3

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    guard site.model.outputCount < 2 else { return }
    throw InputError(.method, "finercam compares classes, and the model has one output", remedy: "gradcam")
  }

  public func score(_ question: ScoreQuestion) -> Score {
    let (outputs, index) = (question.outputs, question.index)
    let nearest = outputs.indices.filter { $0 != index }.sorted {
      (abs(outputs[$0] - outputs[index]), $0) < (abs(outputs[$1] - outputs[index]), $1)
    }.prefix(Self.references)
    if question.settings.compat == .pytorchGradCAM {
      let weights = Self.weighted(outputs.map(Double.init), index, Array(nearest))
      let isNegated = question.score.weights[index] < 0
      return Score(weights.map { Float(isNegated ? -$0 : $0) }, at: question.score.point)
    }
    let sign: Float = question.score.weights[index] < 0 ? -1 : 1
    var weights = question.score.weights
    for other in nearest { weights[other] -= sign * Self.gamma / Float(nearest.count) }
    return Score(weights, at: question.score.point)
  }

  public func explain(_ evidence: Evidence) -> Finding { base.explain(evidence) }

  /// The gradient of Σ p_d·(y_c − y_d) / (Σ p_d + 1e-9), where p is the softmax of y.
  private static func weighted(_ y: [Double], _ c: Int, _ references: [Int]) -> [Double] {
    let p = softmax(y, exp)
    let above = references.reduce(0) { $0 + p[$1] * (y[c] - y[$1]) }
    let sum = references.reduce(0) { $0 + p[$1] }
    let below = sum + 1e-9
    return y.indices.map { j in
      var (numerator, denominator) = (-p[j] * above, -p[j] * sum)
      if references.contains(j) {
        numerator += p[j] * (y[c] - y[j]) - p[j]
        denominator += p[j]
      }
      if j == c { numerator += sum }
      return (numerator * below - above * denominator) / (below * below)
    }
  }
}
