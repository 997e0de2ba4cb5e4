import GradCAMCore
import ModelFormats

/// Marks of many images, as one file has them.
struct MarkTable: Sendable {
  /// What is known of one image.
  struct Entry: Sendable {
    /// Nil where the file does not say.
    var size: ImageSize?
    var marks: [Mark] = []
  }

  /// A mark of a class.
  struct Mark: Sendable {
    /// Among the table's words; nil where the file says nothing of classes.
    var word: Int?
    var shape: Shape
  }

  enum Shape: Sendable {
    case box(TruthBox)
    /// Pycocotools' text, read when its image is.
    case runs(ImageSize, String)
    case counts(ImageSize, [Int])
    case polygons([TruthPolygon])

    var size: ImageSize? {
      switch self {
      case .box, .polygons: nil
      case .runs(let size, _), .counts(let size, _): size
      }
    }
  }

  /// What the file calls its classes: names, or numbers.
  private(set) var words: [String] = []
  private var wordPlaces: [String: Int] = [:]
  private(set) var entries: [Entry] = []
  private(set) var names: [String] = []
  private var places: [String: Int] = [:]

  /// The place of a class's word, which is new or not.
  mutating func word(_ text: String) -> Int {
    if let place = wordPlaces[text] { return place }
    wordPlaces[text] = words.count
    words.append(text)
    return words.count - 1
  }

  /// The place of an image's entry, which is new or not.
  mutating func place(of image: String) -> Int {
    if let place = places[image] { return place }
    places[image] = entries.count
    entries.append(Entry())
    names.append(image)
    return entries.count - 1
  }

  mutating func add(_ mark: Mark, to place: Int) { entries[place].marks.append(mark) }

  /// Adds a box that has an area.
  ///
  /// - Throws: `InputError` without a subject for any other.
  mutating func add(_ box: TruthBox, word: Int?, to place: Int) throws(InputError) {
    let numbers = [box.x, box.y, box.width, box.height]
    guard numbers.allSatisfy({ abs($0) < 1e9 }), box.width > 0, box.height > 0 else {
      let name = names[place].printable.clipped(to: 80)
      throw InputError("", "has a box of \(name) that is \(box.width.trimmed(2))×\(box.height.trimmed(2)) pixels large")
    }
    add(Mark(word: word, shape: .box(box)), to: place)
  }

  mutating func set(_ size: ImageSize, of place: Int) { entries[place].size = size }
}

/// Finds images' entries by what files call images: a path, the end of one, with an extension or without, or with _ in the place of slashes.
struct MarkNames: Sendable {
  private var places: [String: Int] = [:]
  /// What several images could be called.
  private static let ambiguous = -1

  init(_ names: [String]) {
    for (place, name) in names.enumerated() { places[name] = place }
    let exact = places
    for (place, name) in names.enumerated() {
      let parts = name.split(separator: "/").map(String.init)
      guard let last = parts.last else { continue }
      let whole = parts.joined(separator: "/")
      for key in Set([whole, Self.stem(whole), last, Self.stem(last)]) where exact[key] == nil {
        places[key] = places[key] == nil || places[key] == place ? place : Self.ambiguous
      }
    }
  }

  /// - Returns: nil where nothing is called so.
  /// - Throws: `InputError` without a subject where several are.
  func place(of path: FilePath) throws(InputError) -> Int? {
    let parts = path.description.split(separator: "/").map(String.init)
    for count in (0..<parts.count).map({ parts.count - $0 }) {
      let whole = parts.suffix(count).joined(separator: "/")
      for key in [whole, Self.stem(whole), Self.stem(parts.suffix(count).joined(separator: "_"))] {
        guard let place = places[key] else { continue }
        guard place != Self.ambiguous else {
          throw InputError(
            "", "has marks of several images called \(key.printable.clipped(to: 80))", remedy: "paths that differ")
        }
        return place
      }
    }
    return nil
  }

  private static func stem(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), point != name.startIndex, !name[point...].contains("/") else {
      return name
    }
    return String(name[..<point])
  }
}
