import ModelFormats

/// Where the records of a report lie: what is kept of each while the page is written.
struct ReportIndex: Sendable {
  struct Entry: Sendable {
    let file: Int
    let place: Int
    /// The line's, from 1 on.
    let line: Int
    /// The model's number; nil for a failed record that names none.
    let model: Int?
    let isFailed: Bool
    let mapCount: Int
  }

  private var files: [RecordLines] = []
  /// One an image and model, where the first of its records stood.
  private(set) var entries: [Entry] = []
  /// Lines that are no records: the first of them, and how many there are.
  private(set) var problems: [InputError] = []
  private(set) var problemCount = 0
  /// Last lines whose writer was cut off.
  private(set) var warnings: [InputError] = []
  /// See `protect`.
  private(set) var inputs = ProtectedFiles([])
  /// By image, its first entry.
  private var places: [FilePath: Int] = [:]
  /// An image's entries of other models than its first one's.
  private var others: [Other: Int] = [:]
  private var models: [String: Int] = [:]

  private struct Other: Hashable {
    let first: Int
    let model: Int
  }

  /// How many lines at fault are named one by one.
  static let mostNamed = 5

  /// Looks through every line of the files of records, one file after the other; `-` is standard input.
  ///
  /// - Throws: `InputError` naming a file that cannot be read, or a pipe that nothing came through.
  init(_ paths: [FilePath]) throws(InputError) {
    for (number, path) in paths.enumerated() {
      let file = try RecordLines(path, keepsPipes: true)
      files.append(file)
      while let line = try file.next() {
        let record: Record
        do throws(InputError) {
          if let fault = line.fault { throw fault }
          record = try Record(line: line.bytes)
          if case .explained(let record) = record, record.isEvaluation || record.isComparison {
            let maker = record.isComparison ? "diff, whose pages --page makes" : "evaluate, which draws no overlays"
            throw InputError("", "is a record of gradcam \(maker)")
          }
        } catch {
          reject(line, of: file, error)
          continue
        }
        add(record, line, of: number)
      }
      if file.isEmptyPipe { throw InputError("\(file.name)", "is empty") }
    }
    (places, others) = ([:], [:])
  }

  /// What messages call an entry's line.
  func name(of entry: Entry) -> String { "\(files[entry.file].name):\(entry.line)" }

  /// The record of an entry, as it stands in its file.
  func line(of entry: Entry) -> [UInt8] { files[entry.file].line(at: entry.place) }

  /// How many pictures the page has: an original an image, an overlay a map.
  var pictureCount: Int { entries.reduce(0) { $0 + 1 + $1.mapCount } }
  var failures: Int { entries.count(where: \.isFailed) }

  /// Finds the files that neither page nor thumbnails may replace: those of records, and the pictures that records name.
  mutating func protect(_ records: [FilePath], _ links: PageLinks) {
    let pictures = entries.flatMap { entry -> [FilePath] in
      switch try? Record(line: line(of: entry)) {
      case .explained(let record): [record.path] + record.outputs
      case .failed(let record): [record.path]
      case nil: []
      }
    }
    inputs = ProtectedFiles(records + pictures.compactMap(links.file))
  }

  /// A later record of an image takes the place of an earlier one of the same model, as a resumed run writes it; one
  /// that failed may not know its model.
  private mutating func add(_ record: Record, _ line: RecordLines.Line, of file: Int) {
    let (image, name, mapCount) =
      switch record {
      case .explained(let record): (record.path, record.modelName, record.maps.count)
      case .failed(let record): (record.path, record.model, 0)
      }
    let model = name.map { name in
      let number = models[name] ?? models.count
      models[name] = number
      return number
    }
    var isFailed = false
    if case .failed = record { isFailed = true }
    let entry = Entry(
      file: file, place: line.place, line: line.number, model: model, isFailed: isFailed, mapCount: mapCount)
    guard let first = places[image] else {
      places[image] = entries.count
      entries.append(entry)
      return
    }
    guard let model, let known = entries[first].model, known != model else {
      entries[first] = entry
      return
    }
    let other = Other(first: first, model: model)
    if let place = others[other] {
      entries[place] = entry
    } else {
      others[other] = entries.count
      entries.append(entry)
    }
  }

  private mutating func reject(_ line: RecordLines.Line, of file: RecordLines, _ error: InputError) {
    // What breaks off says so by being no JSON.
    guard line.isEnded || error != RecordScan.noRecord else {
      warnings.append(InputError("\(file.name):\(line.number)", "the last line is cut off and left out"))
      return
    }
    problemCount += 1
    guard problems.count < Self.mostNamed else { return }
    let remedy = error.remedy ?? "a line that gradcam explain --jsonl prints"
    problems.append(InputError("\(file.name):\(line.number)", error.problem, remedy: remedy))
  }
}
