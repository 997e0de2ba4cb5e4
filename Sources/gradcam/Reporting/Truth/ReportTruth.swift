import ModelFormats

/// Which classes the images of a report have.
struct ReportTruth: Sendable {
  /// What the page has of it beside the images' own.
  struct Heading: Encodable, Sendable {
    /// The table's file.
    let file: String
    /// Names of classes, as the page has them of predictions.
    let classes: [String]
    /// See `TruthClasses`.
    let shared: [String]
  }

  let heading: Heading
  /// What may be wrong with the table.
  private(set) var warnings: [InputError] = []
  /// By entry of the index, the places of its classes; nil where the table says nothing of its image.
  let classes: [[Int]?]

  /// How many names a line has room for.
  private static let mostNamed = 3

  /// - Throws: `InputError` naming the file: see `TruthTable` and `TruthClasses`; or where it has no image of the records.
  init(_ path: FilePath, _ index: ReportIndex) throws(InputError) {
    let table = try TruthTable(path)
    let records = try index.entries.map { entry throws(InputError) in
      try decodedLine(index.line(of: entry)) as RecordClasses
    }
    var numbers: [String: Int] = [:]
    var images: [String] = []
    for record in records where numbers[record.image] == nil {
      numbers[record.image] = images.count
      images.append(record.image)
    }
    let names = TruthNames(images, in: table)
    do throws(InputError) {
      let known = TruthClasses(records)
      let words = try Self.words(table, known)
      heading = Heading(file: "\(path.lastComponent)", classes: words.names, shared: known.shared.sorted())
      classes = records.map { record in
        let row = numbers[record.image].flatMap { names.places[$0] }
        return row.map { row in Self.unique(table.classes[row].map { words.places[$0] }) }
      }
      warnings = (Self.doubts(table, names, images) + words.warnings).map { $0.about("\(path)") }
      guard images.isEmpty || names.places.contains(where: { $0 != nil }) else {
        throw Self.ambiguity(names, images) ?? Self.stranger(table, images)
      }
    } catch { throw error.about("\(path)") }
  }

  /// The page's names of the table's classes, by word their places, and what is to be said of them.
  private static func words(
    _ table: TruthTable, _ known: TruthClasses
  ) throws(InputError) -> (names: [String], places: [Int], warnings: [InputError]) {
    var (names, unknown): ([String], [String]) = ([], [])
    var (places, numbers): ([Int], [String: Int]) = ([], [:])
    for word in table.words {
      let found = try known.name(of: word)
      if found == nil { unknown.append(word) }
      let name = found ?? known.unknownName(of: word)
      let place = numbers[name] ?? names.count
      if place == names.count {
        numbers[name] = place
        names.append(name)
      }
      places.append(place)
    }
    if unknown.isEmpty { return (names, places, []) }
    let list = unknown.map { $0.brief() }.listed(mostNamed, saysCount: true)
    let areSeveral = unknown.contains { isSeveral($0, known) }
    guard known.areComplete else {
      return (
        names, places,
        [
          InputError(
            "", "no record names its class \(list)",
            remedy: areSeveral ? Self.oneEach : "a record names five at most")
        ]
      )
    }
    let problem: Message = "no model of the records has its class \(list)"
    guard unknown.count < table.words.count else {
      throw InputError("", problem, remedy: areSeveral ? Self.oneEach : "classes by the model's labels or indexes")
    }
    return (names, places, [InputError("", problem, remedy: areSeveral ? Self.oneEach : nil)])
  }

  private static let oneEach: Message = "one row a class"

  /// Whether a word that names no class names several, as some tables have them: `normal|opacity`.
  private static func isSeveral(_ word: String, _ known: TruthClasses) -> Bool {
    let parts = word.split { "|;,/+&".contains($0) }.map { String($0).trimmingBlanks }
    return parts.count > 1 && parts.contains { part in (try? known.name(of: part)) != nil }
  }

  private static func doubts(_ table: TruthTable, _ names: TruthNames, _ images: [String]) -> [InputError] {
    var doubts: [InputError] = []
    func add(_ problem: Message, _ remedy: Message? = nil) { doubts.append(InputError("", problem, remedy: remedy)) }
    if table.repetitions > 0 { add("repeats \(counted(table.repetitions, "row"))") }
    if let ambiguity = ambiguity(names, images) { doubts.append(ambiguity) }
    if names.foundByName > 0 {
      add("\(counted(names.foundByName, "image")) found in other folders, by file name alone")
    }
    let taken = Set(names.places.compactMap { $0 })
    let strange = table.images.indices.filter { !taken.contains($0) }
    if !strange.isEmpty {
      let list = list(strange.prefix(mostNamed + 1).map { table.images[$0] })
      add("names \(counted(strange.count, "image")) that no record has: \(list)")
    }
    let missing = names.places.count { $0 == nil } - names.ambiguous.count
    if missing > 0 { add("says nothing of \(missing.grouped) of \(counted(images.count, "image"))") }
    return doubts
  }

  /// Images that could be several rows; nil where there are none.
  private static func ambiguity(_ names: TruthNames, _ images: [String]) -> InputError? {
    guard !names.ambiguous.isEmpty else { return nil }
    let count = counted(names.ambiguous.count, "image")
    let list = list(names.ambiguous.prefix(mostNamed + 1).map { images[$0] })
    return InputError(
      "", "cannot tell which rows are of \(count), which stay without truth: \(list)",
      remedy: "paths as the records have them")
  }

  private static func list(_ names: [String]) -> String { names.map { $0.brief(40) }.listed(mostNamed) }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count.grouped) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func stranger(_ table: TruthTable, _ images: [String]) -> InputError {
    InputError(
      "",
      "has no image of the records: \((table.images.first ?? "").brief(60)), and they \((images.first ?? "").brief(60))",
      remedy: "paths as the records have them")
  }

  private static func unique(_ places: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return places.filter { seen.insert($0).inserted }
  }
}
