/// What was found out about one image.
public struct Explanation: Sendable {
  /// The image, turned upright; smaller than `prepared.geometry` says where it was decoded so.
  public let image: Image
  /// Whether it was decoded only in part.
  public internal(set) var isDamaged = false
  /// What the network saw of it.
  public let prepared: PreprocessedImage
  /// What left the network.
  public let output: Tensor
  /// What the model says of the image.
  public let prediction: Prediction
  /// By target, then by layer, then by method; attributions at the input behind those of layers.
  public internal(set) var maps: [ExplanationMap] = []
}

/// What hooks saw at one layer for one score, in the layer's own order of axes.
public struct LayerEvidence: Sendable {
  /// What left the layer, or the input where that is explained: 1 C H W of a convolutional network. Of methods that show attention what
  /// the last one shares out: heads × queries × keys, with other axes before them.
  public let activations: Tensor
  /// The score's gradient there, of the same shape; nil where it was not asked for, and of methods that show attention.
  public internal(set) var gradients: Tensor?
}

/// One map: where in the image one class came from, by one method at one layer.
public struct ExplanationMap: Sendable {
  /// What the map was made by.
  public let method: any CAMMethod
  /// The layer's path; several with plus signs between them where their maps were joined; `input` for attributions there.
  public let layer: String
  /// The class that it explains.
  public let target: Prediction.Entry
  /// Which side of the class.
  public let mode: MapQuestion.Mode
  /// The class that it is told from; nil unless the mode is `ratherThan`.
  public let against: Prediction.Entry?
  /// What was differentiated: a logit, a probability, minus one of them, or a difference.
  public let score: Float
  /// Of the first layer, where several were joined.
  public let evidence: LayerEvidence
  /// The method's map before any ReLU.
  public let raw: Heatmap
  /// The paper's unscaled map, after the method's own ReLU where it has one.
  public let cam: Heatmap
  /// The map as it was asked for: scaled, never NaN.
  public let heatmap: Heatmap
  /// The map as it is drawn: from 0 to 1, or from −1 to 1 where it has a sign.
  public let drawn: Heatmap
  /// Whether the map has a sign that is drawn.
  public let isSigned: Bool
  /// What it is worth.
  public let verdict: Verdict
  /// The strongest evidence for what is explained as a share of the strongest of either sign: see `Heatmap.positiveShare`. Of several
  /// layers' joined maps, the least of theirs.
  public let positiveShare: Float
  /// What 1 stands for, in units of the unscaled map, where that was fixed for all maps.
  public let scale: Float?
  /// What it took beside the forward pass that all maps share. The first map that needs a backward pass pays for it.
  public let milliseconds: Double
  /// An input attribution by channel, 1 C H W.
  public let attributions: Tensor?
  /// Where random numbers began; nil where none were drawn.
  public let seed: UInt64?
  /// How many samples were drawn, and the standard error they leave: see `Finding`.
  public let samples: Int?
  /// The standard error of its cells, as a share of its largest magnitude; of sampling methods.
  public let samplingError: Float?
  /// See `Finding`.
  public let completenessError: Float?

  /// What all maps of an image are asked.
  struct Question {
    let mode: MapQuestion.Mode
    let against: Prediction.Entry?
  }

  init(_ draft: MapDraft, layer: String, _ scale: MapScale, _ question: Question) {
    (method, self.layer, target, score) = (draft.method, layer, draft.target, draft.score)
    (mode, against) = (question.mode, question.against)
    (evidence, raw, cam, isSigned) = (draft.evidence, draft.finding.map, draft.cam, draft.isSigned)
    (verdict, positiveShare, milliseconds) = (draft.verdict, draft.positiveShare, draft.milliseconds)
    attributions = draft.finding.attributions
    heatmap = draft.scaled ?? scale.scale(cam, isSigned: isSigned)
    drawn = scale.drawn(cam, scaled: heatmap, isSigned: isSigned)
    self.scale = scale.fixed
    seed = draft.method.needs.contains(.randomness) ? draft.settings.seed : nil
    (samples, samplingError) = (draft.finding.samples, draft.finding.samplingError)
    completenessError = draft.finding.completenessError
  }

  /// What it explains, in words.
  public var question: MapQuestion {
    MapQuestion(target.name, mode, other: against?.name, knowsClass: method.knowsClass)
  }

  /// What `border` and `entropy` are measured on: magnitudes, where the map has a sign.
  public var measured: Heatmap { isSigned ? cam.magnitudes() : cam }
}
