import GradCAMCore
import ModelFormats

/// Reads what was typed for a flag. Errors do not name the flag; the parser adds it.
enum ValueReader {
  typealias Reader<Value> = @Sendable ([UInt8]) throws(InputError) -> Value

  static func path(_ bytes: [UInt8]) throws(InputError) -> FilePath {
    guard !bytes.isEmpty else { throw InputError("", "is empty", remedy: "a path") }
    return FilePath(bytes: bytes)
  }

  static func text(_ bytes: [UInt8]) throws(InputError) -> String {
    guard !bytes.isEmpty else { throw InputError("", "is empty") }
    let path = FilePath(bytes: bytes)
    guard path.isUTF8 else { throw InputError("", "\(quoted(bytes)) is not UTF-8") }
    return path.description
  }

  /// Items between commas.
  static func list(_ bytes: [UInt8]) throws(InputError) -> [String] {
    let items = try text(bytes).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !items.contains("") else {
      throw InputError("", "\(quoted(bytes)) has an empty item", remedy: "names separated by single commas")
    }
    return items
  }

  /// Names of methods between commas.
  static func methods(_ bytes: [UInt8]) throws(InputError) -> [any CAMMethod] {
    try list(bytes).map { name throws(InputError) in try CAMMethods.named(name) }
  }

  /// The name of one method.
  static func method(_ bytes: [UInt8]) throws(InputError) -> String {
    do throws(InputError) { return try CAMMethods.named(try text(bytes)).name } catch {
      throw InputError("", error.problem, remedy: error.remedy)
    }
  }

  /// Names of metrics, or of groups of them, between commas.
  static func metrics(_ bytes: [UInt8]) throws(InputError) -> [any Metric] {
    Array(try list(bytes).map { word throws(InputError) in try Metrics.named(word) }.joined())
  }

  /// Kinds of groups of maps between commas.
  static func groups(_ bytes: [UInt8]) throws(InputError) -> [MapGroup.Kind] {
    try list(bytes).map { word throws(InputError) in
      guard let kind = MapGroup.Kind(rawValue: word) else {
        throw InputError("", "\(quoted(Array(word.utf8))) is no kind of group", remedy: "class or size")
      }
      return kind
    }
  }

  /// One class, or several by their indexes: labels may hold commas.
  static func targets(_ bytes: [UInt8]) throws(InputError) -> [Target] { Target.several(parsing: try text(bytes)) }

  /// One class, commas and all.
  static func target(_ bytes: [UInt8]) throws(InputError) -> Target { Target(parsing: try text(bytes)) }

  static func colorMap(_ bytes: [UInt8]) throws(InputError) -> ColorMap { try ColorMap.named(try text(bytes)) }

  /// The only item of a list.
  static func only<Item>(_ read: @escaping Reader<Item>) -> Reader<[Item]> {
    { (bytes) throws(InputError) in [try read(bytes)] }
  }

  /// A number that `accepts` holds for; `wanted` says which those are.
  static func number(_ wanted: String, where accepts: @escaping @Sendable (Double) -> Bool) -> Reader<Double> {
    { (bytes) throws(InputError) in
      // Swift also reads nan, inf and hexadecimal fractions, none of which is meant on a command line.
      let isPlain = bytes.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
      guard isPlain, let number = Double(String(decoding: bytes, as: UTF8.self)) else {
        throw InputError("", "\(quoted(bytes)) is not a number", remedy: "\(wanted)")
      }
      guard number.isFinite, accepts(number) else {
        throw InputError("", "\(quoted(bytes)) is out of range", remedy: "\(wanted)")
      }
      return number
    }
  }

  /// A number above 0 that is one in single precision, too.
  static func float(_ wanted: String) -> Reader<Float> {
    let read = number(wanted) { Float($0) > 0 && Float($0).isFinite }
    return { (bytes) throws(InputError) in Float(try read(bytes)) }
  }

  /// A number from 1, or `none`.
  static func window(_ bytes: [UInt8]) throws(InputError) -> ImageDecoder.WindowChoice {
    if bytes.elementsEqual("none".utf8) { return .none }
    do { return .number(try wholeNumber(in: 1...1 << 16)(bytes)) } catch {
      throw InputError("", error.problem, remedy: "a whole number from 1, or none")
    }
  }

  static func wholeNumber(in range: ClosedRange<Int>) -> Reader<Int> {
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return { (bytes) throws(InputError) in
      guard !bytes.isEmpty, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        throw InputError("", "\(quoted(bytes)) is not a whole number", remedy: "\(wanted)")
      }
      guard let number = Int(String(decoding: bytes, as: UTF8.self)), range.contains(number) else {
        throw InputError("", "\(quoted(bytes)) is out of range", remedy: "\(wanted)")
      }
      return number
    }
  }

  /// A whole number that random numbers may begin at.
  static func seed(_ bytes: [UInt8]) throws(InputError) -> UInt64 { UInt64(try wholeNumber(in: 0...Int.max)(bytes)) }

  /// `CxHxW`.
  static func shape(_ bytes: [UInt8]) throws(InputError) -> (channels: Int, height: Int, width: Int) {
    let read = wholeNumber(in: 1...65_535)
    let parts = bytes.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
    let sizes = parts.map { try? read(Array($0)) }
    guard sizes.count == 3, let channels = sizes[0], let height = sizes[1], let width = sizes[2] else {
      let wanted: Message = "channels x height x width, each from 1 to 65535, as in 3x224x224"
      throw InputError("", "\(quoted(bytes)) is not a shape", remedy: "\(wanted)")
    }
    return (channels, height, width)
  }
}
