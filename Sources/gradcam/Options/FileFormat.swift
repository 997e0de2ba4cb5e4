import ModelFormats

/// What a file of results is written as: its name's ending says it.
enum FileFormat: Sendable {
  /// Numbers.
  case npy
  /// Pictures.
  case png, jpeg, svg

  /// What pictures may be written as.
  static let pictures: [FileFormat] = [.png, .jpeg, .svg]

  /// The format that a name ends in, in small letters or capitals.
  ///
  /// - Parameter offered: the formats that may be named.
  /// - Throws: `InputError` without a subject where it ends in none of these.
  init(endingOf name: [UInt8], offered: [FileFormat]) throws(InputError) {
    let lower = name.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 }
    let format = offered.first { $0.endings.contains { lower.suffix($0.utf8.count).elementsEqual($0.utf8) } }
    guard let format else {
      let endings = offered.compactMap(\.endings.first)
      throw InputError(
        "", "\(quoted(name)) ends in neither \(endings.dropLast().joined(separator: ", ")) nor \(endings.last ?? "")",
        remedy: "\(listed(endings.map { "FILE\($0)" }))")
    }
    self = format
  }

  /// The ending that a name has in this format; of several, any.
  private var endings: [String] {
    switch self {
    case .npy: [".npy"]
    case .png: [".png"]
    case .jpeg: [".jpg", ".jpeg"]
    case .svg: [".svg"]
    }
  }
}
