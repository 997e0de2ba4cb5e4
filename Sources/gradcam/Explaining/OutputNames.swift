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
  /// See `QuestionNames`.
  private let question: QuestionNames
  /// Files other than images that the run reads.
  private let otherInputs: [FilePath]

  /// - Parameters:
  ///   - weights: the model.
  ///   - question: what classes and layers are called in the model; nil before that is known.
  init(_ options: Options, weights: FilePath, _ question: QuestionNames? = nil) {
    self.question = question ?? QuestionNames(options.maps)
    (outputs, directory) = (options.outputs, options.outputDirectory)
    methods = options.maps.methods.map(\.name)
    hasSeveralMethods = methods.count > 1
    hasSeveralLayers = options.maps.layers.count > 1 && !options.maps.joinsLayers
    hasSeveralTargets = options.maps.targets.count > 1 || options.maps.targets.contains { $0.isSeveral }
    let isAtLayer = options.maps.methods.contains { !$0.needs.contains(.input) }
    (namesLayers, namesTargets) = (isAtLayer && !options.maps.layers.isEmpty, options.maps.targets != [.top])
    otherInputs = [weights, options.labels, options.inputs.filesFrom, options.records.kept].compactMap { $0 }
  }

  /// The overlay's path; `-` for standard output.
  func overlay(of image: ImageSource, _ map: MapName) -> FilePath {
    if let file = outputs.file { return file }
    var head = image.name.bytes
    let asked = (namesLayers ? [map.layer] : []) + (namesTargets ? [map.target] : []) + question.words
    for word in asked { head += [UInt8(ascii: ".")] + FileName.safe(word) }
    let tail = [UInt8(ascii: ".")] + FileName.safe(map.method) + Array(".png".utf8)
    return directory.appending(image.folder).appending(FilePath(bytes: FileName.fitted(head, tail)))
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

  /// One map a method and layer, and one for each class whose name could make two files one; what all targets are called is not
  /// known before an image is.
  func maps(_ layers: [String]) -> [MapName] {
    let targets = namesTargets && !question.confusable.isEmpty ? question.confusable : [""]
    return methods.flatMap { method in
      layers.flatMap { layer in
        targets.map { MapName(method: method, layer: question.layer(layer), target: $0) }
      }
    }
  }

  /// Refuses maps of one image that would write one file: a layer and a class that read as another layer and another class.
  func checkMaps(_ layers: [String]) throws(InputError) {
    guard outputs.file == nil else { return }
    var owners: [FilePath: MapName] = [:]
    for map in maps(layers) {
      guard let owner = owners.updateValue(map, forKey: overlay(of: ImageSource(operand: FilePath("image")), map))
      else { continue }
      if map.target == owner.target {
        let isOne = map.layer == owner.layer
        throw InputError(
          "--layer", isOne ? "names \(map.layer) twice" : "\(map.layer) and \(owner.layer) would write one file",
          remedy: isOne ? "each layer once" : "one layer at a time")
      }
      throw InputError(
        "--target", "\(map.target) at \(map.layer) and \(owner.target) at \(owner.layer) would write one file",
        remedy: "one layer at a time")
    }
  }

  /// The words that names take from a map, as records have it.
  func name(method: String, layer: String, target: Int) -> MapName {
    question.name(method: method, layer: layer, target: target)
  }

  /// Refuses two outputs of one name, and an output that an input has already. Paths are compared as bytes.
  ///
  /// - Returns: every path that is taken, and who takes it.
  func checkCollisions(_ images: [ImageSource], layers: [String]) throws(InputError) -> [FilePath: FilePath] {
    var owners: [FilePath: FilePath] = [:]
    for path in images.map(\.path) + otherInputs where !path.isDash { owners[path.normalized] = path }
    let inputs = Set(owners.keys)
    for image in images {
      var outputsOfImage = maps(layers).flatMap { [overlay(of: image, $0), heatmap(of: image, $0)] }
      outputsOfImage.append(outputs.dump)
      for output in outputsOfImage.compactMap({ $0 }) where !output.isDash {
        let key = output.normalized
        guard !inputs.contains(key) else { throw ProtectedFiles.replacement(of: output) }
        if let owner = owners.updateValue(image.path, forKey: key) {
          throw Self.collision(image.path, owner, output)
        }
      }
    }
    return owners
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
