import ModelFormats

/// Which classes images have, by a table: a row an image and class, its heading `image,class` in any order, among other columns or not.
///
/// An image of several classes has several rows; one whose class is empty has none of them.
struct TruthTable: Sendable {
  /// As the table calls them, without `.` components.
  private(set) var images: [String] = []
  /// What the table calls classes: names, or indexes.
  private(set) var words: [String] = []
  /// By image, the places of its words.
  private(set) var classes: [[Int]] = []
  /// How many rows say again what another said.
  private(set) var repetitions = 0

  private var places: [String: Int] = [:]
  private var wordPlaces: [String: Int] = [:]

  /// The most bytes that are read: all rows are in memory at once.
  static let limit = 128 << 20
  private static let remedy: Message = "a CSV file headed image,class, a row an image and class"

  /// - Throws: `InputError` naming the file, and the line where one is at fault.
  init(_ path: FilePath) throws(InputError) {
    let file: FileBytes
    do { file = try FileBytes(path: path, limit: Self.limit) } catch {
      guard error.problem == FileBytes.empty.problem else { throw error }
      throw InputError(error.subject, error.problem, remedy: Self.remedy)
    }
    defer { withExtendedLifetime(file) {} }
    do throws(InputError) {
      guard file.count <= Self.limit else { throw InputError("", "is larger than \(Self.limit.grouped) bytes") }
      guard let text = JSONFile.text(file) else { throw InputError("", "is not UTF-8 text", remedy: Self.remedy) }
      try self.init(text: text)
      try file.requireUnchanged()
    } catch { throw error.about("\(path)") }
  }

  /// - Throws: `InputError` without a subject.
  init(text: String) throws(InputError) {
    var rows = SeparatedRows(text)
    guard let heading = try rows.next() else { throw InputError("", "is empty", remedy: Self.remedy) }
    let names = heading.fields.map { $0.trimmingBlanks.lowercased() }
    guard let image = names.firstIndex(where: TableWords.images.contains),
      let name = names.indices.first(where: { $0 != image && TableWords.classes.contains(names[$0]) })
    else { throw InputError("", "has no heading that names an image and a class", remedy: Self.remedy) }
    while let row = try rows.next() {
      guard row.fields.count > max(image, name) else {
        throw InputError("", "line \(row.line) has fewer fields than the heading")
      }
      guard !row.fields[image].isEmpty else { throw InputError("", "line \(row.line) names no image") }
      add(row.fields[name].trimmingBlanks, to: row.fields[image])
    }
    guard !images.isEmpty else { throw InputError("", "names no image", remedy: Self.remedy) }
  }

  /// The place of an image; nil where the table has none of that name.
  func place(of image: String) -> Int? { places[Self.normalized(image)] }

  private mutating func add(_ word: String, to image: String) {
    let image = Self.normalized(image)
    let place = places[image] ?? images.count
    let isNew = place == images.count
    if isNew {
      places[image] = place
      images.append(image)
      classes.append([])
    }
    guard !word.isEmpty else {
      if !isNew { repetitions += 1 }
      return
    }
    let number = wordPlaces[word] ?? words.count
    if number == words.count {
      wordPlaces[word] = number
      words.append(word)
    }
    guard !classes[place].contains(number) else {
      repetitions += 1
      return
    }
    classes[place].append(number)
  }

  /// A path as names are compared: without `.` components and doubled slashes.
  static func normalized(_ path: String) -> String {
    // Most paths have neither.
    guard path.utf8.contains(UInt8(ascii: ".")) || path.utf8.contains(UInt8(ascii: "/")) else { return path }
    return FilePath(path).normalized.description
  }
}
