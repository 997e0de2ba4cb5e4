import ModelFormats

/// What other tools write into a model's file beside the network, as far as it says how images are prepared and what classes are called.
struct Remarks {
  /// How images are prepared.
  struct Said {
    /// Sizes are nil where the file does not say them.
    var preprocessing: Preprocessing
    /// Who says so.
    var source: String
    /// What of it cannot be read, and is passed over.
    var complaint: InputError?
  }

  private(set) var said: Said?
  private(set) var labels: [String]?
  /// Who says what classes are called.
  private(set) var labelSource = "the file"
  /// What the architecture is called.
  private(set) var architecture: String?
  /// What files beside the weights call the architecture, and Hugging Face's name of its family.
  private(set) var nameBeside: String?
  private(set) var family: String?
  /// How many classes there are, where that is said beside their names.
  private(set) var classCount: Int?
  /// What makes probabilities of the scores.
  private(set) var activation: FinalActivation?
  /// What cannot be read, and is passed over.
  var complaints: [Message] = []

  /// Ways to say how images are prepared, the most explicit first. Each gives nil where the file does not use it.
  private static let readers: [@Sendable ([String: PlainValue]) throws -> Said?] = [
    { try ultralytics($0) }, { try modelAPI($0) }, { try imageDenotation($0) }, { try configuration($0) },
    { try standardization($0) },
  ]

  /// Nothing is said.
  init() {}

  /// - Parameters:
  ///   - entries: by key; text that holds JSON or a Python literal, or what a pickle holds.
  ///   - files: what lies beside the model's file; it comes first.
  init(_ entries: [String: PlainValue], _ files: ModelConfiguration = ModelConfiguration()) {
    complaints = files.complaints
    do { said = try Self.configuration(files) } catch { complaints.append(Self.told(error, by: files)) }
    for reader in Self.readers where said == nil {
      do { said = try reader(entries) } catch { complaints.append("\(error), and is passed over") }
    }
    if let complaint = said?.complaint { complaints.append("\(complaint), and is passed over") }
    do { labels = try Self.labels(files) } catch { complaints.append(Self.told(error, by: files)) }
    if labels != nil {
      labelSource = ModelConfiguration.modelName
    } else {
      do { labels = try Self.labels(entries) } catch { complaints.append("\(error), and is passed over") }
    }
    architecture = files.architecture ?? entries["arch"]?.text
    nameBeside = files.architecture
    (family, classCount, activation) = (files.family, files.classCount, files.activation)
  }

  /// What readers say of the model's file is said of a file beside it.
  private static func told(_ error: InputError, by files: ModelConfiguration) -> Message {
    let file = "the file's "
    let text = error.problem.description
    return "\(text.hasPrefix(file) ? "the folder's \(text.dropFirst(file.count))" : text), and is passed over"
  }

  /// A complaint about a key's value.
  static func wrong(_ key: String, _ expected: String) -> InputError {
    InputError("", "the file's \(key.printable) is no \(expected)")
  }
}

extension [String: PlainValue] {
  /// What stands under a key, read where it is text that holds JSON or a Python literal; nil where the key is missing.
  func literal(_ key: String) -> PlainValue? {
    guard let value = self[key] else { return nil }
    return value.text.flatMap { PlainValue(parsing: $0) } ?? value
  }

  /// A list of numbers under a key, or one number.
  ///
  /// - Throws: `InputError` without a subject where it is something else.
  func numbers(_ key: String) throws(InputError) -> [Double]? {
    guard let value = literal(key) else { return nil }
    guard let numbers = value.numbers else { throw Remarks.wrong(key, "list of numbers") }
    return numbers
  }
}
