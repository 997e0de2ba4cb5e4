import GradCAMCore
import ModelFormats

/// A file of boxes or runs, told by its content; or a folder of Pascal VOC's files.
enum MarkFile {
  /// The most bytes that are read.
  static let limit = 1 << 30
  static let remedy: Message =
    "COCO JSON, CheXlocalize's JSON, Pascal VOC's XML, or CSV headed image,x,y,width,height or image,xmin,ymin,xmax,ymax"

  /// - Throws: `InputError` naming the file: not readable, of none of the formats, damaged, or without any image.
  static func read(_ path: FilePath) throws(InputError) -> MarkTable {
    if path.isFolder { return try VOCMarks.read(folder: path) }
    let file = try FileBytes(path: path, limit: limit)
    defer { withExtendedLifetime(file) {} }
    do throws(InputError) {
      guard file.count <= limit else { throw InputError("", "is larger than \(limit) bytes") }
      let table = try read(file)
      try file.requireUnchanged()
      guard !table.entries.isEmpty else { throw InputError("", "names no image", remedy: remedy) }
      return table
    } catch { throw error.about("\(path)") }
  }

  /// - Throws: `InputError` without a subject.
  static func read(_ file: FileBytes) throws(InputError) -> MarkTable {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = file.bytes.starts(with: mark) ? mark.count : 0
    switch file.bytes.dropFirst(start).first(where: { !" \t\r\n".utf8.contains($0) }) {
    case UInt8(ascii: "{"):
      return try COCOMarks.isSuch(file.bytes) ? try COCOMarks.read(file.bytes) : try RunMarks.read(file.bytes)
    case UInt8(ascii: "<"): return try VOCMarks.read(file.bytes)
    case nil: throw InputError("", "is empty", remedy: remedy)
    default:
      guard let text = JSONFile.text(file) else { throw InputError("", "is not UTF-8 text", remedy: remedy) }
      return try CSVMarks.read(text)
    }
  }
}
