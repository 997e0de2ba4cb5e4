import ModelFormats

/// The value of `--heatmap`: a path in which `{stem}`, `{method}`, `{layer}`, `{target}` and `{mode}` are replaced.
struct HeatmapTemplate: Sendable {
  enum Placeholder: String, CaseIterable, Sendable { case stem, method, layer, target, mode }

  private enum Piece: Equatable {
    case text([UInt8])
    case placeholder(Placeholder)
  }

  /// By the name's ending.
  let format: FileFormat
  private let pieces: [Piece]

  /// - Throws: `InputError` for an unknown placeholder or ending.
  init(_ bytes: [UInt8]) throws(InputError) {
    format = try FileFormat(endingOf: bytes, offered: [.npy] + FileFormat.pictures)
    pieces = try Self.pieces(of: bytes)
  }

  func contains(_ placeholder: Placeholder) -> Bool { pieces.contains(.placeholder(placeholder)) }

  /// The folder that all paths lie in, whatever is replaced.
  var folder: FilePath {
    guard case .text(let text) = pieces.first, let slash = text.lastIndex(of: UInt8(ascii: "/")) else {
      return FilePath(".")
    }
    return slash == 0 ? FilePath("/") : FilePath(bytes: text[..<slash])
  }

  /// Whether a path may end in some bytes, by the text behind the last placeholder.
  func mayEnd(in end: [UInt8]) -> Bool {
    guard case .text(let text) = pieces.last else { return true }
    let count = min(text.count, end.count)
    return text.suffix(count) == end.suffix(count)
  }

  /// The path with its placeholders replaced.
  ///
  /// - Parameters:
  ///   - folder: the image's folders, which go in front of the component that holds `{stem}`.
  ///   - word: what stands for a placeholder, as bytes of a file name.
  func path(below folder: FilePath, replacing word: (Placeholder) -> [UInt8]) -> FilePath {
    var path: [UInt8] = []
    var folder = folder.bytes
    for piece in pieces {
      switch piece {
      case .text(let text): path += text
      case .placeholder(let placeholder):
        if placeholder == .stem, !folder.isEmpty {
          let component = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
          path.insert(contentsOf: folder + [UInt8(ascii: "/")], at: component)
          folder = []
        }
        path += word(placeholder)
      }
    }
    return FilePath(bytes: Self.fittingEachComponent(of: path))
  }

  private static func pieces(of bytes: [UInt8]) throws(InputError) -> [Piece] {
    var pieces: [Piece] = []
    var rest = bytes[...]
    while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
      guard let end = rest[brace...].firstIndex(of: UInt8(ascii: "}")) else { break }
      let word = String(decoding: rest[(brace + 1)..<end], as: UTF8.self)
      guard let placeholder = Placeholder(rawValue: word) else {
        let names = Placeholder.allCases.map(\.rawValue)
        let guess = nearest(to: word, among: names).map { "did you mean {\($0)}?" }
        throw InputError(
          "", "'{\(word)}' is not replaced by anything",
          remedy: "\(guess ?? "one of \(names.map { "{\($0)}" }.joined(separator: ", "))")")
      }
      pieces += [.text(Array(rest[..<brace])), .placeholder(placeholder)]
      rest = rest[(end + 1)...]
    }
    return pieces + [.text(Array(rest))]
  }

  private static func fittingEachComponent(of path: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    var components = path.split(separator: slash, omittingEmptySubsequences: false).map(Array.init)
    let name = components.popLast() ?? []
    let folders = components.map { FileName.fitted($0, []) }
    let ending = name.lastIndex(of: UInt8(ascii: ".")) ?? 0
    return Array(
      (folders + [FileName.fitted(Array(name[..<ending]), Array(name[ending...]))]).joined(separator: [slash]))
  }
}
