import FoundationEssentials
import ModelFormats

/// What a `w.bin` says beside its tensors: strings of JSON in the safetensors metadata.
struct ModelMetadata {
  var architecture: ArchitectureSpec?
  var preprocessing: Preprocessing?
  var labels: [String]?
  var layer: String?
  /// The name of the method that explains where none is named.
  var method: String?
  var input: InputSize?
  /// What makes probabilities of the scores, where the graph does not tell.
  var activation: ScoreActivation?
  /// Names of weights that hold a NaN or an infinity; nil where the file does not say.
  var notFinite: [String]?
  /// The graph as JSON, where no architecture tells it.
  var graph: String?

  /// The key by which a file is known as this tool's.
  static let formatKey = "gradcam.format"
  /// The version of these keys' meaning.
  private static let version = "1"

  init(architecture: ArchitectureSpec, preprocessing: Preprocessing, labels: [String], layer: String, input: InputSize)
  {
    (self.architecture, self.preprocessing, self.layer, self.input) = (architecture, preprocessing, layer, input)
    self.labels = labels.isEmpty ? nil : labels
  }

  /// Reads the metadata of a safetensors file; nil where it was not written by this tool.
  ///
  /// - Throws: `InputError` without a subject: a later version, or a key that holds something else than it should.
  init?(_ strings: [String: String]) throws(InputError) {
    guard let version = strings[Self.formatKey] else { return nil }
    guard version == Self.version else {
      throw InputError("", "is of format \(version), which this gradcam does not know", remedy: "a newer gradcam")
    }
    architecture = try Self.decode(strings, "gradcam.architecture")
    preprocessing = try Self.decode(strings, "gradcam.preprocess")
    labels = try Self.decode(strings, "gradcam.labels")
    layer = try Self.decode(strings, "gradcam.layer")
    method = try Self.decode(strings, "gradcam.method")
    input = try Self.decode(strings, "gradcam.input")
    activation = try Self.decode(strings, "gradcam.activation")
    notFinite = try Self.decode(strings, "gradcam.notfinite")
    graph = strings["gradcam.graph"]
  }

  /// The metadata as a safetensors file holds them.
  func strings() throws(InputError) -> [String: String] {
    var strings = ["format": "pt", Self.formatKey: Self.version]
    strings["gradcam.architecture"] = try architecture.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.preprocess"] = try preprocessing.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.labels"] = try labels.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.layer"] = try layer.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.method"] = try method.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.input"] = try input.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.activation"] = try activation.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.notfinite"] = try notFinite.map { (value) throws(InputError) in try encodedJSON(value) }
    strings["gradcam.graph"] = graph
    return strings
  }

  private static func decode<Result: Decodable>(
    _ strings: [String: String], _ key: String
  ) throws(InputError) -> Result? {
    guard let text = strings[key] else { return nil }
    do {
      return try JSONDecoder().decode(Result.self, from: Data(text.utf8))
    } catch let error as InputError {
      throw InputError("", "has a wrong \(key): \(error)")
    } catch {
      throw InputError("", "has a wrong \(key): \(text.prefix(60))", remedy: "'gradcam convert' writes it rightly")
    }
  }
}
