import GradCAMCore
import ModelFormats

/// Classes' names in a file: a label a line, JSON, or a table with commas; `imagenet` stands for the names that are built in.
enum LabelFile {
  /// The most bytes that are read.
  private static let limit = 1 << 26
  /// What is no path, but the names of ImageNet's 1,000 classes.
  static let imagenet = FilePath("imagenet")

  static let remedy: Message =
    "a label a line; JSON such as [\"cat\", \"dog\"] or {\"0\": \"cat\"}; CSV headed index,label"

  /// The labels by index.
  ///
  /// - Throws: `InputError` naming the file: not readable, too large, not UTF-8, a blank line between labels; JSON or a table of something
  ///   else, with a class that has no name, or two.
  static func read(_ path: FilePath) throws(InputError) -> [String] {
    if path == imagenet { return ImageNetNames.all }
    let file = try FileBytes(path: path, limit: limit)
    do throws(InputError) {
      guard file.count <= limit else { throw InputError("", "is larger than \(limit) bytes") }
      return try labels(file)
    } catch {
      throw error.about("\(path)")
    }
  }

  /// - Throws: `InputError` without a subject.
  static func labels(_ file: FileBytes) throws(InputError) -> [String] {
    guard let text = JSONFile.text(file) else { throw InputError("", "is not UTF-8 text", remedy: "a label a line") }
    var found = try json(text)
    if found == nil { found = try table(text) }
    guard let found else { return try lines(text) }
    if let empty = found.firstIndex(of: "") { throw InputError("", "gives class \(empty) an empty name") }
    return found
  }

  /// Blank lines at the end are no labels.
  private static func lines(_ text: String) throws(InputError) -> [String] {
    // As bytes: "\r\n" is one Character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    if let blank = lines.firstIndex(of: "") {
      throw InputError("", "line \(blank + 1) is blank", remedy: "a label a line")
    }
    return lines
  }

  /// The names by index, of pairs in any order.
  ///
  /// - Throws: `InputError` without a subject: an index that is none, comes twice or is left out.
  static func ordered(_ pairs: [(index: Int, name: String)]) throws(InputError) -> [String] {
    var names = [String?](repeating: nil, count: pairs.count)
    for (index, name) in pairs {
      guard names.indices.contains(index) else {
        let first = pairs.map(\.index).min() ?? 0
        let start =
          Set(pairs.map(\.index)).count == pairs.count && first == 1 && !pairs.contains { $0.index > pairs.count }
        let problem: Message =
          start
          ? "counts its \(pairs.count) classes from 1"
          : "names \(pairs.count) classes, and one of them is number \(index)"
        throw InputError("", problem, remedy: "indexes from 0, without a gap")
      }
      if let other = names[index] {
        throw InputError("", "names class \(index) twice, \(other.printable) and \(name.printable)")
      }
      names[index] = name
    }
    return names.compactMap { $0 }
  }
}
