/// Which row of a table an image of the records is: the one of its path; else the one whose path is the end of the image's, or begins
/// with what the image's lacks; else the one of its file name. All but the first have to be the only ones.
struct TruthNames {
  /// By image of the records, its place in the table.
  private(set) var places: [Int?]
  /// Images that could be several rows, or share one.
  private(set) var ambiguous: [Int] = []
  /// How many images were found by their file names alone.
  private(set) var foundByName = 0

  private let images: [String]
  private let table: TruthTable

  /// - Parameter images: the paths of the records, each once.
  init(_ images: [String], in table: TruthTable) {
    (self.images, self.table) = (images, table)
    places = images.map(table.place)
    guard places.contains(nil) else { return }
    findByEnds()
    findByNames()
    ambiguous.sort()
  }

  /// Paths of which one is the end of the other.
  private mutating func findByEnds() {
    let (rows, records) = (Self.places(of: table.images), Self.places(of: images.map(TruthTable.normalized)))
    // By row, how many images end in it; by image, how many rows do, and the one that says most of it.
    var imagesOfRow: [Int: Int] = [:]
    var rowsOfImage: [Int: (count: Int, row: Int)] = [:]
    var ends: [Int: Int] = [:]
    for image in images.indices {
      for end in Self.ends(of: TruthTable.normalized(images[image])) {
        guard let row = rows[end] else { continue }
        imagesOfRow[row, default: 0] += 1
        if ends[image] == nil { ends[image] = row }
      }
    }
    for row in table.images.indices {
      for end in Self.ends(of: table.images[row]) {
        guard let image = records[end] else { continue }
        rowsOfImage[image] = ((rowsOfImage[image]?.count ?? 0) + 1, row)
      }
    }
    for image in images.indices where places[image] == nil {
      if let (count, row) = rowsOfImage[image] {
        if count == 1 { places[image] = row } else { ambiguous.append(image) }
      } else if let row = ends[image] {
        if imagesOfRow[row] == 1, row >= 0 { places[image] = row } else { ambiguous.append(image) }
      }
    }
    // A row that was found for two images, by its end and by its beginning, is neither's.
    let counts = Dictionary(places.compactMap { $0.map { ($0, 1) } }, uniquingKeysWith: +)
    for image in images.indices {
      guard let row = places[image], (counts[row] ?? 0) > 1, table.place(of: images[image]) == nil else { continue }
      places[image] = nil
      ambiguous.append(image)
    }
  }

  /// Images whose file names only one image and only one row has.
  private mutating func findByNames() {
    let taken = Set(places.compactMap { $0 })
    let rows = Dictionary(table.images.indices.map { (Self.name(of: table.images[$0]), [$0]) }, uniquingKeysWith: +)
    let counts = Dictionary(images.map { (Self.name(of: $0), 1) }, uniquingKeysWith: +)
    let known = Set(ambiguous)
    for image in images.indices where places[image] == nil && !known.contains(image) {
      let name = Self.name(of: images[image])
      guard let named = rows[name] else { continue }
      let free = named.filter { !taken.contains($0) }
      if free.isEmpty { continue }
      if named.count == 1, counts[name] == 1 {
        places[image] = named[0]
        foundByName += 1
      } else {
        ambiguous.append(image)
      }
    }
  }

  private static let several = -1

  /// Places by path without its first slash; `several` for a path that stands for two.
  private static func places(of paths: [String]) -> [Substring: Int] {
    Dictionary(zip(paths.map(bare), 0...), uniquingKeysWith: { _, _ in several })
  }

  private static func bare(_ path: String) -> Substring { path.hasPrefix("/") ? path.dropFirst() : path[...] }

  /// The path without its first slash, without its first folder, its second, and so on to the file name.
  private static func ends(of path: String) -> some Sequence<Substring> {
    sequence(first: bare(path)) { rest in
      rest.utf8.firstIndex(of: UInt8(ascii: "/")).map { rest[rest.utf8.index(after: $0)...] }
    }
  }

  private static func name(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
  }
}
