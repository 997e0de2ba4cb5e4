import GradCAMCore
import ModelFormats

/// What a record was made with, as far as it decides about maps: its options, and its model prepared as the record says.
struct RecordedRun {
  let path: FilePath
  let words: [String]
  let preprocess: String
  let dataDigest: String?
  let options: Options
  let model: Model

  /// The most samples that any processor draws in a millisecond, and far more: each is a pass through a network.
  private static let samplesPerMillisecond: Float = 1_000

  /// - Parameters:
  ///   - digest: the model's, and the file that it was computed of.
  ///   - readRecipe: reads the options that a record keeps.
  /// - Throws: `InputError` naming the option or the file at fault.
  init(
    _ record: ExplanationRecord, model path: FilePath, _ digest: ModelDigests.Entry,
    _ readRecipe: ([String]) throws(InputError) -> Options
  ) throws {
    (self.path, words, preprocess) = (path, record.options, record.preprocess)
    var options = try readRecipe(record.options)
    if options.hasTyped("method") { try Self.check(options.maps.methods.map(\.name), record) }
    if let labels = options.labels, labels != LabelFile.imagenet { try RecordedFile.check(labels) }
    // Images are prepared as the record says: what a model file leaves open may mean something else by now.
    let overrides = try options.modelOverrides()
    let source = try ModelSource(path)
    if let version = source.file.version, let hashed = digest.version, !version.hasContent(of: hashed) {
      throw InputError("\(path)", "changed while it was in use")
    }
    model = try Model.load(source, overrides, threads: 1).preparing(
      as: try Preprocessing(recorded: record.preprocess))
    model.expect(digest: digest.sha256)
    try options.takeMethod(of: model)
    try Self.check(options.maps.methods.map(\.name), record)
    self.options = options
    // Records of earlier versions lack it.
    let data = try model.dataDigest()
    if let recorded = record.modelDataDigest, recorded != data {
      let remedy: Message = "sha256 \(recorded.printable)"
      throw InputError("\(path)", "the files beside it are not those that explained it", remedy: remedy)
    }
    dataDigest = data
  }

  /// Whether this is what another record was made with.
  func made(_ record: ExplanationRecord, model path: FilePath) -> Bool {
    self.path == path && words == record.options && preprocess == record.preprocess
      && (record.modelDataDigest ?? dataDigest) == dataDigest
  }

  /// What makes some of a record's maps again.
  ///
  /// - Parameters:
  ///   - maps: those that have the same number of samples.
  ///   - record: the record that they are of.
  func setup(for maps: [MapRecord], of record: ExplanationRecord) throws(InputError) -> Explainer.Setup {
    var again = options.maps
    again.keepsGradients = false
    if again.settings.budget != nil {
      // How many samples a budget pays for is chance; the record says how many it did.
      (again.settings.budget, again.settings.samples) = (nil, maps.first?.samples)
      again.madeMethods = Set(maps.map(\.method))
      again.targets = Self.targets(of: maps, of: record)
    }
    let setup = try Explainer.Setup(model, again)
    try Self.check(setup, record)
    return setup
  }

  /// The maps' classes; where the record has several, one more than one, for several are computed in another way than one.
  private static func targets(of maps: [MapRecord], of record: ExplanationRecord) -> [Target] {
    var indices = Set(maps.map(\.target.index))
    if indices.count == 1, let other = record.maps.first(where: { !indices.contains($0.target.index) }) {
      indices.insert(other.target.index)
    }
    return indices.sorted().map(Target.index)
  }

  /// Refuses methods that the record has no map of: theirs may be the work of hours.
  private static func check(_ methods: [String], _ record: ExplanationRecord) throws(InputError) {
    let made = Set(record.maps.map(\.method))
    if let other = methods.first(where: { !made.contains($0) }) {
      throw InputError("", "its options ask for \(other), and it has no map of that")
    }
    guard methods.count <= record.maps.count else {
      throw InputError("", "its options name \(methods.count) methods, and it has \(record.maps.count) maps")
    }
  }

  /// Refuses options that ask for more than the record says was done.
  private static func check(_ setup: Explainer.Setup, _ record: ExplanationRecord) throws(InputError) {
    let options = setup.options
    let samples = max(options.settings.samples ?? 0, record.maps.compactMap(\.samples).max() ?? 0)
    if record.has(["milliseconds"]), Float(samples) > samplesPerMillisecond * (record.milliseconds + 1) {
      throw InputError("", "\(samples) samples cannot have been drawn in the record's \(record.milliseconds) ms")
    }
    let dependsOnImage = options.targets.contains(where: \.dependsOnImage)
    let classes = dependsOnImage ? 1 : Set(setup.targetIndices).count - (setup.againstIndex == nil ? 0 : 1)
    let least = options.methods.count * max(classes, 1)
    guard record.maps.count >= least else {
      throw InputError("", "its options make \(least) maps, and it has \(record.maps.count)")
    }
  }
}
