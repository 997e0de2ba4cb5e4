public import ModelFormats

extension Preprocessing {
  /// Which samples become black and white: the key `window`.
  public struct Window: Sendable, Hashable {
    /// In the samples' own units: up to 255 of JPEG and of PNG of 8 bits and fewer, up to 65535 of PNG of 16, up to what
    /// the file names of PGM and PPM.
    public let low, high: Double

    /// What becomes black and what becomes white.
    public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

    /// Why the window cannot be; nil for a sound one.
    var problem: String? {
      if !low.isFinite || !high.isFinite { return "window=\(text) has an end that is no number" }
      return low < high ? nil : "window=\(text) has no width"
    }

    var text: String { Preprocessing.text([low, high]) }
  }

  /// How samples of more than 8 bits are read: the key `bits`. It means nothing to files of 8 bits.
  public enum Bits: Sendable, Hashable {
    /// All of them, resized in single precision; white is what the file says: the largest value that a PGM or PPM names,
    /// what a PNG's sBIT chunk leaves of 65535.
    case auto
    /// 9…16: all of them, and white is the largest number of so many bits.
    case significant(Int)
    /// The upper 8 alone, as an 8-bit picture: all that Pillow resizes in colour.
    case eight
  }
}

extension Preprocessing.Bits {
  /// - Throws: `InputError` without a subject, naming what is right.
  init(_ text: Substring) throws(InputError) {
    switch (text, Int(text)) {
    case ("auto", _): self = .auto
    case (_, 8): self = .eight
    case (_, .some(let count)) where (9...16).contains(count): self = .significant(count)
    default: throw InputError("", "bits=\(text) is unknown", remedy: "auto, 8, or 9 to 16")
    }
  }

  var text: String {
    switch self {
    case .auto: "auto"
    case .eight: "8"
    case .significant(let count): "\(count)"
    }
  }
}

extension Preprocessing.Window {
  /// `0/4095`; nil for `none`.
  ///
  /// - Throws: `InputError` without a subject.
  static func parsed(_ text: Substring) throws(InputError) -> Preprocessing.Window? {
    if text == "none" { return nil }
    let ends = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1] else {
      throw InputError("", "window=\(text) is no pair of numbers", remedy: example)
    }
    let window = Preprocessing.Window(low: low, high: high)
    if let problem = window.problem { throw InputError("", "\(problem)", remedy: example) }
    return window
  }

  private static var example: Message { "LOW/HIGH, the lower first, as 0/4095; or none" }
}

extension PillowRelease {
  /// `12` or `13`.
  ///
  /// - Throws: `InputError` without a subject.
  init(_ text: Substring) throws(InputError) {
    guard let release = Int(text).flatMap(PillowRelease.init(rawValue:)) else {
      let all = PillowRelease.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
      throw InputError("", "pillow=\(text) is unknown", remedy: "one of \(all)")
    }
    self = release
  }
}

// MARK: - Records

extension Preprocessing {
  /// The specification as a record keeps it: with what decides the bytes, also where it is the usual.
  public var recorded: String {
    var text = description
    if bits == .auto { text += ",bits=auto" }
    if pillow == .newest { text += ",pillow=\(pillow.rawValue)" }
    return text
  }

  /// Reads what a record keeps. One without these keys was made when all samples were cut to 8 bits, and resized as
  /// Pillow 12 does it.
  ///
  /// - Throws: `InputError` about `preprocess`.
  public init(recorded text: String) throws(InputError) {
    try self.init(parsing: text)
    func says(_ key: Key) -> Bool { text.split(separator: ",").contains { $0.hasPrefix("\(key.rawValue)=") } }
    if !says(.bits) { bits = .eight }
    if !says(.pillow) { pillow = .twelve }
  }
}
