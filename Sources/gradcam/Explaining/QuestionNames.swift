import GradCAMCore

/// What a run asks of every map, in words for the names of files: the side of the class, how layers are joined, and signs.
///
/// The method stands in every name. Layers and classes stand there where they were typed, and these words where they are not the
/// usual ones, so that no two questions have one name. What only changes how an answer is computed or drawn stands in none.
struct QuestionNames: Sendable {
  /// Between the class and the method.
  let words: [String]
  /// What `{mode}` stands for.
  let mode: String
  /// The names of classes that may be explained and that end in another's: with something in front, one reads as the other.
  let confusable: [String]
  private let targets: DistinctNames
  private let layers: [String: String]

  /// - Parameters:
  ///   - classes: the labels, one a class.
  ///   - asked: the indices of those that may be explained.
  ///   - layers: how records spell the layers that are explained.
  ///   - modules: all modules of the model.
  ///   - against: the class that targets are told from.
  init(
    _ options: Explainer.Options, classes: [String], asked: [Int] = [], layers: [String], modules: [String],
    against: Int?
  ) {
    let moduleNames = DistinctNames(modules, kind: "module", isTaken: Self.isWord)
    var names: [String: String] = [:]
    for (index, path) in modules.enumerated() { names[path] = moduleNames[index] }
    let known = Set(names.values)
    let targets = DistinctNames(classes, kind: "class") { Self.isWord($0) || known.contains($0) }
    // Joined maps name all layers.
    names[layers.joined(separator: "+")] = layers.map { names[$0] ?? $0 }.joined(separator: "+")
    (self.targets, self.layers) = (targets, names)
    confusable = Self.confusable(asked.map { targets[$0] })
    let other = against.map { "\(Self.contrast)\(targets[$0])" }
    let side = other ?? (options.isCounterfactual ? Self.counterfactual : nil)
    mode = side ?? MapQuestion.Mode.evidenceFor.rawValue
    words = [side, options.fusion.map { "\(Self.fused)\($0.rawValue)" }, options.settings.isSigned ? Self.signed : nil]
      .compactMap { $0 }
  }

  private static func confusable(_ names: [String]) -> [String] {
    let long = names.filter { $0.contains(".") }
    return long.isEmpty
      ? [] : names.filter { name in long.contains(name) || long.contains { $0.hasSuffix(".\(name)") } }
  }

  /// The words of one map.
  func name(method: String, layer: String, target: Int) -> MapName {
    MapName(method: method, layer: self.layer(layer), target: targets[target])
  }

  /// What a layer is called, as records spell it.
  func layer(_ layer: String) -> String { layers[layer] ?? layer }

  private static let (counterfactual, signed) = ("against", "signed")
  private static let (contrast, fused) = ("rather-than-", "fused-")

  /// Whether a label or a path of this name would read as one of these words.
  private static func isWord(_ name: String) -> Bool {
    [counterfactual, signed].contains(name) || name.hasPrefix(contrast) || name.hasPrefix(fused)
  }
}

extension QuestionNames {
  /// Those of a run with this model.
  init(_ setup: Explainer.Setup) {
    let model = setup.model
    self.init(
      setup.options, classes: model.classNames, asked: setup.targetIndices, layers: setup.layerNames,
      modules: model.graph.modulePaths, against: setup.againstIndex)
  }

  /// Those of a run whose model is not known yet: enough to tell how many files there will be.
  init(_ options: Explainer.Options) { self.init(options, classes: [], layers: [], modules: [], against: nil) }
}
