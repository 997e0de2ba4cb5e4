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
  /// What the architecture is called.
  private(set) var architecture: String?
  /// What cannot be read, and is passed over.
  private(set) var complaints: [Message] = []

  /// Ways to say how images are prepared, the most explicit first. Each gives nil where the file does not use it.
  private static let readers: [@Sendable ([String: PlainValue]) throws -> Said?] = [
    { try ultralytics($0) }, { try modelAPI($0) }, { try imageDenotation($0) }, { try configuration($0) },
    { try standardization($0) },
  ]

  /// Nothing is said.
  init() {}

  /// - Parameter entries: by key; text that holds JSON or a Python literal, or what a pickle holds.
  init(_ entries: [String: PlainValue]) {
    for reader in Self.readers where said == nil {
      do { said = try reader(entries) } catch { complaints.append("\(error), and is passed over") }
    }
    if let complaint = said?.complaint { complaints.append("\(complaint), and is passed over") }
    do { labels = try Self.labels(entries) } catch { complaints.append("\(error), and is passed over") }
    architecture = entries["arch"]?.text
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
