import GradCAMCore
import ModelFormats

/// Classes' names in a file: a label a line, with its index before it or not, JSON, or a table with commas; `imagenet` stands for the names that are built in.
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
    let start = Array(file.bytes.prefix(2))
    guard start != [0xFF, 0xFE], start != [0xFE, 0xFF] else {
      throw InputError("", "is UTF-16 text, not UTF-8", remedy: "iconv -f UTF-16 -t UTF-8")
    }
    guard let text = JSONFile.text(file) else { throw InputError("", "is not UTF-8 text", remedy: "a label a line") }
    var found = try json(text)
    if found == nil { found = try table(text) }
    guard let found else {
      let lines = try lines(text)
      return numbered(lines) ?? lines
    }
    if let empty = found.firstIndex(of: "") { throw InputError("", "gives class \(empty) an empty name") }
    return found
  }
}
