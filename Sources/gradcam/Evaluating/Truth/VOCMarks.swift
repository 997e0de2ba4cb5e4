import GradCAMCore
import ModelFormats

/// Boxes of Pascal VOC's XML: `annotation` with `filename`, `size` and `object`s of `name` and `bndbox`. Its pixels count from 1, and the last
/// one belongs to the box.
///
/// Everingham et al., "The PASCAL Visual Object Classes Challenge 2012 Development Kit", section 8.1.
enum VOCMarks {
  /// The most bytes of a file in a folder.
  private static let limit = 1 << 24

  /// All files of a folder whose names end in `.xml`.
  ///
  /// - Throws: `InputError` naming the file.
  static func read(folder: FilePath) throws(InputError) -> MarkTable {
    let names = try FolderNames(in: folder)
    var table = MarkTable()
    for index in 0..<names.count where names[index].name.description.lowercased().hasSuffix(".xml") {
      let path = folder.appending(names[index].name)
      let file = try FileBytes(path: path, limit: limit)
      defer { withExtendedLifetime(file) {} }
      do throws(InputError) {
        guard file.count <= limit else { throw InputError("", "is larger than \(limit) bytes") }
        try add(file.bytes, name: path.stem, to: &table)
        try file.requireUnchanged()
      } catch { throw error.about("\(path)") }
    }
    guard !table.entries.isEmpty else { throw InputError("\(folder)", "holds no .xml file", remedy: MarkFile.remedy) }
    return table
  }

  /// - Throws: `InputError` without a subject.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(InputError) -> MarkTable {
    var table = MarkTable()
    try add(bytes, name: nil, to: &table)
    return table
  }

  /// - Parameter name: the image's where the file does not say one.
  private static func add(
    _ bytes: UnsafeRawBufferPointer, name: FilePath?, to table: inout MarkTable
  ) throws(InputError) {
    var (annotation, object, objects) = (Annotation(), Object(), [Object]())
    var isAnnotation = false
    try XMLWalk(bytes).run { (path, text) throws(InputError) in
      isAnnotation = isAnnotation || path.first == "annotation"
      switch path.dropFirst().joined(separator: "/") {
      case "filename": annotation.name = text
      case "size/width": annotation.width = Int(text)
      case "size/height": annotation.height = Int(text)
      case "object/name": object.name = text
      case "object/bndbox/xmin", "object/bndbox/ymin", "object/bndbox/xmax", "object/bndbox/ymax":
        guard let number = Double(text), abs(number) < 1e9 else {
          throw InputError("", "has a box that is no four numbers", remedy: "whole pixels")
        }
        object.sides[path[path.count - 1]] = number
      case "object":
        objects.append(object)
        object = Object()
      default: break
      }
    }
    guard isAnnotation, let image = annotation.name.flatMap({ $0.isEmpty ? nil : $0 }) ?? name?.description else {
      throw InputError("", "is XML of another kind", remedy: MarkFile.remedy)
    }
    let place = table.place(of: image)
    if let width = annotation.width, let height = annotation.height, width > 0, height > 0 {
      table.set(ImageSize(width: width, height: height), of: place)
    }
    for object in objects {
      guard let box = object.box else { throw InputError("", "has an object without a box", remedy: MarkFile.remedy) }
      try table.add(box, word: object.name.map { table.word($0) }, to: place)
    }
  }

  private struct Annotation {
    var name: String?
    var width, height: Int?
  }

  private struct Object {
    var name: String?
    var sides: [String: Double] = [:]

    var box: TruthBox? {
      guard let x = sides["xmin"], let y = sides["ymin"], let right = sides["xmax"], let bottom = sides["ymax"] else {
        return nil
      }
      return TruthBox(x: x - 1, y: y - 1, width: right - x + 1, height: bottom - y + 1)
    }
  }
}
