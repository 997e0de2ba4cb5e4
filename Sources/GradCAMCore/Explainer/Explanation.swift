/// What was found out about one image.
public struct Explanation: Sendable {
  /// The image, turned upright; smaller than `prepared.geometry` says where it was decoded so.
  public let image: Image
  /// What the network saw of it.
  public let prepared: PreprocessedImage
  /// What left the network.
  public let output: Tensor
  public let prediction: Prediction
  /// By target, then by layer, then by method.
  public internal(set) var maps: [ExplanationMap] = []
}

/// One map: where in the image one class came from, by one method at one layer.
public struct ExplanationMap: Sendable {
  public let method: any CAMMethod
  public let layer: String
  public let target: Prediction.Entry
  /// What was differentiated: a logit, a probability, or minus one of them.
  public let score: Float
  public let evidence: LayerEvidence
  /// The method's map before any ReLU.
  public let raw: Heatmap
  /// The paper's unscaled map, after the method's own ReLU where it has one.
  public let cam: Heatmap
  /// The map as it was asked for: scaled, never NaN.
  public let heatmap: Heatmap
  /// The map as it is drawn, from 0 to 1.
  public let drawn: Heatmap
  public let verdict: Verdict

  init(
    method: any CAMMethod, layer: String, target: Prediction.Entry, score: Float, evidence: LayerEvidence, raw: Heatmap,
    verdict: Verdict, normalization: Normalization
  ) {
    (self.method, self.layer, self.target, self.score) = (method, layer, target, score)
    (self.evidence, self.raw, self.verdict) = (evidence, raw, verdict)
    cam = method.appliesReLU ? raw.positivePart() : raw
    heatmap = normalization.scale(cam)
    drawn = normalization == .none ? Normalization.max.scale(cam) : heatmap
  }
}
