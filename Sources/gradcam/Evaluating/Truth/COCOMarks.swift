import GradCAMCore
import ModelFormats

/// Marks of COCO's JSON: `images` with `id` and `file_name`, `annotations` with `image_id`, `category_id`, `segmentation` and `bbox`,
/// `categories` with `id` and `name`. A `segmentation`, of outlines or runs, says more than the box around it, and counts where there is one;
/// `bbox` is x, y, width and height from the image's upper left corner.
///
/// The format: https://cocodataset.org/#format-data
enum COCOMarks {
  /// Whether a table has the format's keys.
  static func isSuch(_ bytes: UnsafeRawBufferPointer) throws(InputError) -> Bool {
    var (cursor, isFound) = (JSONCursor(bytes), false)
    try cursor.entries { (key, value) throws(InputError) in
      isFound = isFound || key == "annotations" && value.next == .list
      try value.skip()
    }
    return isFound
  }

  /// - Throws: `InputError` without a subject.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(InputError) -> MarkTable {
    var table = MarkTable()
    // The lists may stand in any order, and annotations need both others.
    var (images, words) = ([Int: Int](), [Int: Int]())
    try lists(bytes, "images") { (value) throws(InputError) in
      let item = try Item(&value)
      guard let id = item.id, let name = item.name else {
        throw InputError("", "has an image without id or file_name", remedy: MarkFile.remedy)
      }
      let place = table.place(of: name)
      images[id] = place
      if let width = item.width, let height = item.height, width > 0, height > 0 {
        table.set(ImageSize(width: width, height: height), of: place)
      }
    }
    try lists(bytes, "categories") { (value) throws(InputError) in
      let item = try Item(&value)
      guard let id = item.id, let name = item.name else {
        throw InputError("", "has a category without id or name", remedy: MarkFile.remedy)
      }
      words[id] = table.word(name)
    }
    try lists(bytes, "annotations") { (value) throws(InputError) in
      let item = try Item(&value)
      guard item.box != nil || item.outline != nil else { return }
      guard let image = item.image, let place = images[image] else {
        throw InputError("", "has an annotation of an image that it does not list")
      }
      let word = try item.category.map { category throws(InputError) in
        guard let word = words[category] else {
          throw InputError(
            "", "has an annotation of category \(category), which it does not list",
            remedy: "categories, each with id and name")
        }
        return word
      }
      if let outline = item.outline {
        table.add(MarkTable.Mark(word: word, shape: outline), to: place)
      } else if let box = item.box {
        try table.add(box, word: word, to: place)
      }
    }
    return table
  }

  /// Calls `body` for each element of the lists of a name.
  private static func lists(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ body: (inout JSONCursor) throws(InputError) -> Void
  ) throws(InputError) {
    var cursor = JSONCursor(bytes)
    try cursor.entries { (key, value) throws(InputError) in
      if key == name { try value.elements(body) } else { try value.skip() }
    }
    try cursor.end()
  }

  /// An element of any of the lists.
  private struct Item {
    var id, image, category, width, height: Int?
    var name: String?
    var box: TruthBox?
    /// The segmentation.
    var outline: MarkTable.Shape?

    init(_ value: inout JSONCursor) throws(InputError) {
      var (item, numbers) = (Self(), [Double]())
      try value.entries { (key, value) throws(InputError) in
        switch (key, value.next) {
        case ("id", .number): item.id = Int(exactly: try value.number())
        case ("image_id", .number): item.image = Int(exactly: try value.number())
        case ("category_id", .number): item.category = Int(exactly: try value.number())
        case ("width", .number): item.width = Int(exactly: try value.number())
        case ("height", .number): item.height = Int(exactly: try value.number())
        case ("file_name", .text), ("name", .text): item.name = try value.text()
        case ("bbox", .list):
          try value.elements { (number) throws(InputError) in
            let number = try number.number()
            if numbers.count < 5 { numbers.append(number) }
          }
        case ("segmentation", .table): item.outline = try RunMarks.shape(&value)
        case ("segmentation", .list): item.outline = try Self.polygons(&value)
        default: try value.skip()
        }
      }
      if numbers.count == 4 { item.box = TruthBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]) }
      self = item
    }

    private init() {}

    /// - Returns: nil where no outline has three corners: some tools leave such beside a box.
    private static func polygons(_ value: inout JSONCursor) throws(InputError) -> MarkTable.Shape? {
      var polygons: [TruthPolygon] = []
      try value.elements { (outline) throws(InputError) in
        guard outline.next == .list else { throw InputError("", "has an outline that is no list of numbers") }
        var corners: [Float] = []
        try outline.elements { (number) throws(InputError) in corners.append(Float(try number.number())) }
        if let polygon = TruthPolygon(corners) { polygons.append(polygon) }
      }
      return polygons.isEmpty ? nil : .polygons(polygons)
    }
  }
}
