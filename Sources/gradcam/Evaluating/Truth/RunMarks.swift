import GradCAMCore
import ModelFormats

/// CheXlocalize's JSON, `{image: {class: {"size": [height, width], "counts": …}}}`, whose counts are pycocotools' text or a list of numbers.
///
/// Saporta et al. 2022; https://github.com/rajpurkarlab/cheXlocalize, "Running the code".
enum RunMarks {
  /// - Throws: `InputError` without a subject.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(InputError) -> MarkTable {
    var (table, cursor) = (MarkTable(), JSONCursor(bytes))
    try cursor.entries { (image, classes) throws(InputError) in
      guard classes.next == .table else { throw unknown }
      let place = table.place(of: image)
      try classes.entries { (name, mask) throws(InputError) in
        guard mask.next == .table else { throw unknown }
        let shape = try shape(&mask)
        let word = table.word(name)
        table.add(MarkTable.Mark(word: word, shape: shape), to: place)
      }
    }
    try cursor.end()
    return table
  }

  /// A mask, `{"size": [height, width], "counts": …}`.
  static func shape(_ mask: inout JSONCursor) throws(InputError) -> MarkTable.Shape {
    var (size, text, counts) = ([Int](), String?.none, [Int]?.none)
    try mask.entries { (key, value) throws(InputError) in
      switch (key, value.next) {
      case ("size", .list): size = try numbers(&value, limit: 2)
      case ("counts", .text): text = try value.text()
      case ("counts", .list): counts = try numbers(&value, limit: .max)
      default: try value.skip()
      }
    }
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else { throw unknown }
    let extent = ImageSize(width: size[1], height: size[0])
    if let text { return .runs(extent, text) }
    if let counts { return .counts(extent, counts) }
    throw unknown
  }

  private static func numbers(_ value: inout JSONCursor, limit: Int) throws(InputError) -> [Int] {
    var numbers: [Int] = []
    try value.elements { (element) throws(InputError) in
      guard let number = Int(exactly: try element.number()), numbers.count < limit else { throw unknown }
      numbers.append(number)
    }
    return numbers
  }

  private static let unknown = InputError("", "is JSON of another kind", remedy: MarkFile.remedy)
}
