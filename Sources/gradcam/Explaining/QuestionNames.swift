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
  /// The names of the classes that may be explained.
  let asked: [String]
  /// Those of them that end in another's, and these: with something in front, one reads as the other.
  let confusable: [String]
  private let targets: DistinctNames
  /// By the bytes of what records call a layer.
  private let layers: [[UInt8]: String]

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
    var names: [[UInt8]: String] = [:]
    for (index, path) in modules.enumerated() { names[Array(path.utf8)] = moduleNames[index] }
    let known = Set(names.values.map { Array($0.utf8) })
    let shown = layers.map { names[Array($0.utf8)] ?? $0 }
    // Behind a layer's name, a class must not read as one of its modules.
    let heads = [""] + (options.layers.isEmpty ? [] : shown.map { "\($0)." })
    let targets = DistinctNames(classes, kind: "class") { name in
      Self.isWord(name) || heads.contains { known.contains(Array("\($0)\(name)".utf8)) }
    }
    // Joined maps name all layers.
    names[Array(layers.joined(separator: "+").utf8)] = shown.joined(separator: "+")
    (self.targets, self.layers) = (targets, names)
    var seen: Set<Int> = []
    self.asked = asked.filter { seen.insert($0).inserted }.map { targets[$0] }
    confusable = Self.confusable(self.asked)
    let other = against.map { "\(Self.contrast)\(targets[$0])" }
    let side = other ?? (options.isCounterfactual ? Self.counterfactual : nil)
    mode = side ?? MapQuestion.Mode.evidenceFor.rawValue
    words = [side, options.fusion.map { "\(Self.fused)\($0.rawValue)" }, options.settings.isSigned ? Self.signed : nil]
      .compactMap { $0 }
  }

  private static func confusable(_ names: [String]) -> [String] {
    let known = Set(names.map { Array($0.utf8) })
    var confusable: Set<[UInt8]> = []
    for name in known {
      for dot in name.indices where name[dot] == UInt8(ascii: ".") {
        let end = Array(name[(dot + 1)...])
        if known.contains(end) { confusable.formUnion([name, end]) }
      }
    }
    return names.filter { confusable.contains(Array($0.utf8)) }
  }

  /// The words of one map.
  func name(method: String, layer: String, target: Int) -> MapName {
    MapName(method: method, layer: self.layer(layer), target: targets[target])
  }

  /// What a layer is called, as records spell it.
  func layer(_ layer: String) -> String { layers[Array(layer.utf8)] ?? layer }

  private static let (counterfactual, signed) = ("against", "signed")
  private static let (contrast, fused) = ("rather-than-", "fused-")

  /// What a frame that was asked for is called.
  static func name(frame: Int) -> String { "\(framed)\(frame)" }

  /// What a window that was asked for is called; nil where none was.
  static func name(window: ImageDecoder.WindowChoice) -> String? {
    switch window {
    case .number(let number): number.map { "\(windowed)\($0)" }
    case .none: "\(windowed)none"
    }
  }

  private static let (framed, windowed) = ("frame-", "window-")

  /// Whether a label or a path of this name would read as one of these words.
  private static func isWord(_ name: String) -> Bool {
    [counterfactual, signed].contains(name)
      || name.hasPrefix(framed) && Int(name.dropFirst(framed.count)).map { name == self.name(frame: $0) } ?? false
      || name.hasPrefix(windowed)
        && [.none, .number(Int(name.dropFirst(windowed.count)))].contains { name == self.name(window: $0) }
      || [contrast, fused].contains { name.utf8.starts(with: $0.utf8) }
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
