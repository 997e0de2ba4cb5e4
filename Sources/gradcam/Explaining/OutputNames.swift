import GradCAMCore
import ModelFormats

/// One map of an image, by the words that file names take from it.
struct MapName: Hashable, Sendable {
  var method: String
  var layer: String
  /// See `DistinctNames`.
  var target: String
}

/// What the files of a run are called. Everything here is decided by what was typed, never by what an image holds: a name carries
/// what was asked for, so that runs of different questions do not write over each other.
struct OutputNames: Sendable {
  private let outputs: OutputOptions
  private let directory: FilePath
  private let methods: [String]
  private let hasSeveralMethods: Bool
  private let hasSeveralLayers: Bool
  private let hasSeveralTargets: Bool
  /// Whether layers and targets stand in names, since they were typed.
  private let (namesLayers, namesTargets): (Bool, Bool)
  /// Whether the classes that are explained are the same for every image.
  private let hasFixedTargets: Bool
  /// See `QuestionNames`.
  private let question: QuestionNames
  /// The frame and the window that were asked for.
  private let shown: [String]
  /// Files other than images that the run reads.
  private let otherInputs: [FilePath]

  /// - Parameters:
  ///   - weights: the model.
  ///   - question: what classes and layers are called in the model; nil before that is known.
  init(_ options: Options, weights: FilePath, _ question: QuestionNames? = nil) {
    self.question = question ?? QuestionNames(options.maps)
    (outputs, directory) = (options.outputs, options.outputDirectory)
    shown = [
      options.decoding.frame.map { QuestionNames.name(frame: $0) }, QuestionNames.name(window: options.decoding.window),
    ].compactMap { $0 }
    methods = options.maps.methods.map(\.name)
    hasSeveralMethods = methods.count > 1
    hasSeveralLayers = options.maps.layers.count > 1 && !options.maps.joinsLayers
    hasSeveralTargets = options.maps.targets.count > 1 || options.maps.targets.contains { $0.isSeveral }
    let isAtLayer = options.maps.methods.contains { !$0.needs.contains(.input) }
    (namesLayers, namesTargets) = (isAtLayer && !options.maps.layers.isEmpty, options.maps.targets != [.top])
    hasFixedTargets = !options.maps.targets.contains(where: \.dependsOnImage) || self.question.asked.count == 1
    otherInputs = [
      weights, options.labels, options.inputs.filesFrom, options.records.kept,
      options.records.report?.appending(FilePath("index.html")),
    ].compactMap { $0 }
  }

  /// The overlay's path; `-` for standard output.
  func overlay(of image: ImageSource, _ map: MapName) -> FilePath {
    if let file = outputs.file { return file }
    var head = image.name.bytes
    let asked = shown + (namesLayers ? [map.layer] : []) + (namesTargets ? [map.target] : []) + question.words
    for word in asked { head += [UInt8(ascii: ".")] + FileName.safe(word) }
    let tail = [UInt8(ascii: ".")] + FileName.safe(map.method) + Array(".png".utf8)
    return directory.appending(image.folder).appending(FilePath(bytes: FileName.fitted(head, tail)))
  }

  /// All files that the maps of an image become.
  func files(of image: ImageSource, _ maps: [MapName]) -> [FilePath] {
    maps.flatMap { [overlay(of: image, $0), heatmap(of: image, $0)].compactMap { $0 } }
      + (outputs.dump.map { [$0] } ?? [])
  }

  /// The heatmap's path, where one is asked for.
  func heatmap(of image: ImageSource, _ map: MapName) -> FilePath? {
    outputs.heatmap?.path(below: image.folder) { placeholder in
      switch placeholder {
      case .stem: image.stem.bytes
      case .method: FileName.safe(map.method)
      case .layer: FileName.safe(map.layer)
      case .target: FileName.safe(map.target)
      case .mode: FileName.safe(question.mode)
      }
    }
  }

  // MARK: - Usage errors

  /// Refuses single files where several would be made. Called with the operands' number, and again with the images'.
  func check(imageCount: Int) throws(InputError) {
    let several = [
      (imageCount > 1, "images", HeatmapTemplate.Placeholder.stem), (hasSeveralMethods, "methods", .method),
      (hasSeveralLayers, "layers", .layer), (hasSeveralTargets, "targets", .target),
    ].filter(\.0)
    guard let (_, what, _) = several.first else { return }
    if outputs.file != nil {
      throw InputError(
        "--output", "names one file, but several \(what) make several", remedy: "--output-dir DIR")
    }
    if outputs.dump != nil {
      throw InputError(
        "--dump", "holds one image, method, layer and target, but there are several \(what)", remedy: "one at a time")
    }
    guard let heatmap = outputs.heatmap else { return }
    if let (_, what, placeholder) = several.first(where: { !heatmap.contains($0.2) }) {
      throw InputError(
        "--heatmap", "several \(what) would write one file", remedy: "{\(placeholder.rawValue)} in its name")
    }
  }

  /// All maps of an image, as far as their names differ; nil where they are many, or depend on the image.
  func knownMaps(_ layers: [String]) -> [MapName]? {
    guard namesTargets || outputs.heatmap?.contains(.target) ?? false else { return maps(layers, [""]) }
    guard hasFixedTargets, methods.count * layers.count * question.asked.count <= Self.mostKnown else { return nil }
    return question.asked.isEmpty ? nil : maps(layers, question.asked)
  }

  private static let mostKnown = 64

  /// All maps of an image where they are known; else one map a method and layer, and one for each class whose name could make two
  /// files one.
  func maps(_ layers: [String]) -> [MapName] {
    if let known = knownMaps(layers) { return known }
    return maps(layers, namesTargets && !question.confusable.isEmpty ? question.confusable : [""])
  }

  private func maps(_ layers: [String], _ targets: [String]) -> [MapName] {
    methods.flatMap { method in
      layers.flatMap { layer in
        targets.map { MapName(method: method, layer: question.layer(layer), target: $0) }
      }
    }
  }

  /// Whether the names alone might make outputs of two images one, both found in a folder or a list.
  func mayMix(_ layers: [String]) -> Bool {
    let ends = namesLayers ? layers.map { Array(".\(question.layer($0))".utf8) } : []
    let isLayerConfusable = ends.contains { end in ends.contains { $0 != end && $0.suffix(end.count) == end[...] } }
    return isLayerConfusable || namesTargets && !question.confusable.isEmpty || mayMixHeatmaps
  }

  /// Whether the words of a heatmap's name could make up for another stem, or its whole name is like an overlay's.
  private var mayMixHeatmaps: Bool {
    guard let heatmap = outputs.heatmap else { return false }
    let words: [(Bool, HeatmapTemplate.Placeholder)] = [
      (hasSeveralMethods, .method), (hasSeveralLayers, .layer), (hasSeveralTargets || !hasFixedTargets, .target),
    ]
    if words.contains(where: { $0 && heatmap.contains($1) }) { return true }
    let ends = methods.map { [UInt8(ascii: ".")] + FileName.safe($0) + Array(".png".utf8) }
    guard ends.contains(where: heatmap.mayEnd) else { return false }
    let (own, others) = (PlaceFinder.resolve(heatmap.folder).bytes, PlaceFinder.resolve(directory).bytes)
    return own.starts(with: others) || others.starts(with: own)
  }

  /// Refuses maps of one image that would write one file: a layer and a class that read as another layer and another class.
  func checkMaps(_ layers: [String]) throws(InputError) {
    guard outputs.file == nil else { return try checkHeatmaps(layers) }
    var owners: [FilePath: MapName] = [:]
    for map in maps(layers) {
      guard let owner = owners.updateValue(map, forKey: overlay(of: ImageSource(operand: FilePath("image")), map))
      else { continue }
      if map.target.utf8.elementsEqual(owner.target.utf8) {
        let isOne = map.layer.utf8.elementsEqual(owner.layer.utf8)
        throw InputError(
          "--layer", isOne ? "names \(map.layer) twice" : "\(map.layer) and \(owner.layer) would write one file",
          remedy: isOne ? "each layer once" : "one layer at a time")
      }
      throw InputError(
        "--target", "\(map.target) at \(map.layer) and \(owner.target) at \(owner.layer) would write one file",
        remedy: "one layer at a time")
    }
    try checkHeatmaps(layers)
  }

  private func checkHeatmaps(_ layers: [String]) throws(InputError) {
    guard let known = knownMaps(layers), outputs.heatmap != nil else { return }
    var taken: Set<FilePath> = []
    for map in known {
      guard let heatmap = heatmap(of: ImageSource(operand: FilePath("image")), map) else { continue }
      guard !taken.insert(heatmap).inserted else { continue }
      throw InputError(
        "--heatmap", "two maps of an image would write one file, as \(heatmap)",
        remedy: "text between {method}, {layer} and {target} that none of their names holds")
    }
  }

  /// The words that names take from a map, as records have it.
  func name(method: String, layer: String, target: Int) -> MapName {
    question.name(method: method, layer: layer, target: target)
  }

  /// Refuses two outputs of one name, and an output that an input has already. Paths are compared as bytes, without links and dots
  /// on the way.
  ///
  /// - Returns: every place that is taken, and who takes it.
  func checkCollisions(_ images: [ImageSource], layers: [String]) throws(InputError) -> [FilePath: FilePath] {
    var (owners, finder): ([FilePath: FilePath], PlaceFinder) = ([:], PlaceFinder())
    for path in images.map(\.path) + otherInputs where !path.isDash { owners[finder.place(of: path)] = path }
    let inputs = Set(owners.keys)
    let maps = maps(layers)
    for image in images {
      for output in files(of: image, maps) where !output.isDash {
        let key = finder.place(of: output)
        guard !inputs.contains(key) else { throw ProtectedFiles.replacement(of: output) }
        if let owner = owners.updateValue(image.path, forKey: key) {
          throw Self.collision(image.path, owner, output)
        }
      }
    }
    return owners
  }

  /// What is wrong where an image of the same run has the output already.
  static func collision(_ path: FilePath, _ output: FilePath) -> InputError {
    InputError(
      "\(path)", "would write \(output), as did another image", remedy: "images of one stem in different runs")
  }

  static func collision(_ path: FilePath, _ owner: FilePath, _ output: FilePath) -> InputError {
    if path == owner {
      return InputError("\(path)", "would write \(output) twice", remedy: "each image once, each output its own name")
    }
    return InputError(
      "\(path)", "would write \(output), as would \(owner)", remedy: "one at a time, or their folder as the operand")
  }
}

extension Explainer.Options {
  /// Whether no method gives a map for each of several layers: their maps are joined, or the input is explained.
  var joinsLayers: Bool {
    methods.allSatisfy { fusion != nil || $0.fusion != nil || $0.needs.contains(.input) }
  }
}
