import ModelFormats

extension Explainer {
  /// What to explain, and how.
  public struct Options: Sendable {
    /// How to explain: a map each.
    public var methods: [any CAMMethod] = [GradCAM()]
    /// The names of those whose maps are made; nil for all. Passes are as all methods want them: which run together decides about last
    /// bits.
    public var madeMethods: Set<String>?
    /// Module paths; empty for the model's own layer.
    public var layers: [String] = []
    /// How the maps of several layers become one; nil for a map each.
    public var fusion: LayerFusion?
    /// The classes to explain.
    public var targets: [Target] = [.top]
    /// The class whose score is taken away from each target's.
    public var against: Target?
    /// Whether to explain what speaks against each target.
    public var isCounterfactual = false
    /// Where scores are read: before a final sigmoid or softmax, or at the model's own output.
    public var score = Session.ScorePoint.logit
    /// nil for the method's own, or the library's whose numbers are asked for, else `max`.
    public var normalization: Normalization?
    /// What 1 stands for in every map, in units of the unscaled map; nil to scale each by its own values.
    public var scale: Float?
    /// Whether maps are means over six versions of the image: as it is and mirrored, its numbers times 0.9, 1 and 1.1.
    public var smoothsByAugmentation = false
    /// What all methods take.
    public var settings = MethodSettings()
    /// Whether gradients are computed and kept for methods that do not need them, too, in passes of their own: maps are the same with
    /// and without.
    public var keepsGradients = true
    /// Which convolution algorithms may be used.
    public var engine = Engine.auto
    /// Which of the engine's inner loops are used: a narrower level than the processor's is for measuring.
    public var vectors = VectorLevel.auto

    /// Grad-CAM of the class that is seen first, at the model's own layer.
    public init() {}
  }
}

extension Explainer.Options {
  /// How a method's maps are scaled.
  func scale(of method: any CAMMethod) -> MapScale {
    let usual = settings.compat.map(Normalization.init) ?? method.normalization ?? .max
    return MapScale(normalization: normalization ?? usual, fixed: scale)
  }

  /// The side of each class that is explained.
  public var mode: MapQuestion.Mode {
    against != nil ? .ratherThan : isCounterfactual ? .evidenceAgainst : .evidenceFor
  }

  /// Whether a method's maps are made.
  func makes(_ method: any CAMMethod) -> Bool { madeMethods?.contains(method.name) ?? true }

  /// The methods that need no gradient, and one is kept for them.
  var methodsWithKeptGradients: [any CAMMethod] {
    keepsGradients ? methods.filter { $0.needs.isDisjoint(with: [.gradients, .attention]) } : []
  }

  // MARK: Targets

  /// The classes to explain, each once; without the one that they are compared with, which `top5`, its like and `all` bring along.
  ///
  /// - Throws: `InputError` about `against` where the one class to explain is the one it is compared with.
  func resolveTargets(_ prediction: Prediction, labels: [String]) throws(InputError) -> [Prediction.Entry] {
    var entries: [Prediction.Entry] = []
    for target in targets {
      for entry in target.resolve(prediction, labels: labels)
      where !entries.contains(where: { $0.index == entry.index }) {
        entries.append(entry)
      }
    }
    guard let other = against?.resolve(prediction, labels: labels).first else { return entries }
    entries.removeAll { $0.index == other.index }
    guard entries.isEmpty else { return entries }
    let name = other.label ?? "class \(other.index)"
    throw InputError(
      .against, "\(name) is the one that the image shows itself", remedy: "\(.target) CLASS, or \(.against) another")
  }

  /// What is explained of a class.
  func score(of entry: Prediction.Entry, _ prediction: Prediction, labels: [String]) throws -> Score {
    let own = prediction.score(of: entry, at: score)
    let other = against?.resolve(prediction, labels: labels).first
    let contrast = other.map { own.against(prediction.score(of: $0, at: score)) } ?? own
    return isCounterfactual ? contrast.negated : contrast
  }
}

extension Prediction {
  /// A class's own score. A network with one output speaks for its positive class; the negative one's score is minus that.
  func score(of entry: Entry, at point: Session.ScorePoint) -> Score {
    outputCount == 1
      ? Score([entry.index == 0 ? -1 : 1], at: point) : .of(entry.index, count: outputCount, at: point)
  }
}
