import ModelFormats

/// What files beside a model's weights say of it: `config.json` and `preprocessor_config.json`, as transformers, timm and optimum write
/// them.
struct ModelConfiguration: Sendable {
  /// `config.json`, by key.
  private(set) var model: [String: PlainValue] = [:]
  /// `preprocessor_config.json`, by key; nil where there is none.
  private(set) var processor: [String: PlainValue]?
  /// The files that say so.
  private(set) var files: [FileBytes] = []
  /// What is no such file, though it has the name.
  private(set) var complaints: [Message] = []

  static let modelName = "config.json"
  static let processorName = "preprocessor_config.json"
  /// What no other `config.json` has.
  private static let modelKeys = ["architectures", "architecture", "model_type", "pretrained_cfg", "id2label"]
  private static let processorKeys = [
    "image_processor_type", "feature_extractor_type", "image_mean", "do_resize", "do_normalize", "do_rescale", "size",
  ]

  /// Nothing is said, or what files would say.
  init(model: [String: PlainValue] = [:], processor: [String: PlainValue]? = nil) {
    (self.model, self.processor) = (model, processor)
  }

  /// What lies beside a file that was named itself. It is read as far as it can be; the file may have nothing to do with it.
  init(beside file: FilePath) {
    for folder in [file.parent] + Self.above(file) where files.isEmpty {
      try? add(Self.modelName, in: folder, Self.modelKeys, isNamed: false)
      try? add(Self.processorName, in: folder, Self.processorKeys, isNamed: false)
    }
  }

  /// What lies in a model's folder.
  ///
  /// - Parameters:
  ///   - file: the weights, in the folder or below it.
  ///   - folder: what the user named.
  /// - Throws: `InputError` naming a file that cannot be read, or is no JSON object.
  init(around file: FilePath, upTo folder: FilePath) throws(InputError) {
    let places = file.parent == folder ? [folder] : [file.parent, folder]
    // MLflow keeps a processor apart from its model.
    let components = folder.appending(FilePath("components/image_processor"))
    for place in places where model.isEmpty { try add(Self.modelName, in: place, Self.modelKeys, isNamed: true) }
    for place in places + [components] where processor == nil {
      try add(Self.processorName, in: place, Self.processorKeys, isNamed: true)
    }
  }

  /// Exports for the web and MLflow's models lie a folder below what is said of them.
  private static func above(_ file: FilePath) -> [FilePath] {
    let folder = file.parent
    switch folder.lastComponent.description {
    case "onnx": return [folder.parent]
    case "data", "model": return FileVersion(folder.parent.appending(FilePath("MLmodel"))) == nil ? [] : [folder.parent]
    default: return []
    }
  }

  private mutating func add(
    _ name: String, in folder: FilePath, _ keys: [String], isNamed: Bool
  ) throws(InputError) {
    let path = folder.appending(FilePath(name))
    guard FileVersion(path) != nil else { return }
    do throws(InputError) {
      let file = try FileBytes(mapping: path)
      guard let entries = JSONFile.table(file) else {
        throw InputError("\(path)", "is no JSON object that can be read", remedy: "copy or download it again")
      }
      let table = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
      guard keys.contains(where: { table[$0] != nil }) else { return }
      files.append(file)
      if name == Self.modelName { model = table } else { processor = table }
    } catch {
      if isNamed { throw error }
      complaints.append("\(name) beside it \(error.problem), and is passed over")
    }
  }

  // MARK: - What it says

  /// timm's settings: of later versions under a key of their own, of earlier ones beside the rest.
  var timm: [String: PlainValue]? {
    if let table = model["pretrained_cfg"]?.table { return table }
    return model["architecture"]?.text != nil && model["input_size"] != nil ? model : nil
  }

  /// What timm calls the network.
  var architecture: String? { model["architecture"]?.text ?? timm?["architecture"]?.text }

  /// Hugging Face's name of the family.
  var family: String? { model["model_type"]?.text }

  /// How many classes there are, where it is said; 0 stands for a network without a head.
  var classCount: Int? {
    (model["num_classes"] ?? timm?["num_classes"])?.number.flatMap { Int(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// What makes probabilities of the scores, as transformers' pipelines do it; nil where nothing is said.
  var activation: FinalActivation? {
    switch model["problem_type"]?.text {
    case "multi_label_classification": .sigmoid
    case "single_label_classification": .softmax
    default: nil
    }
  }
}

extension PlainValue {
  /// A table's entries by key; nil for anything else.
  var table: [String: PlainValue]? { entries.map { Dictionary($0.map { ($0.key, $0.value) }) { $1 } } }
}
