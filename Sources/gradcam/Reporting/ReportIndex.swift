import ModelFormats

/// Where the records of a report lie: what is kept of each while the page is written.
struct ReportIndex: Sendable {
  struct Entry: Sendable {
    let file: Int
    let place: Int
    /// The model's number; nil for a failed record that names none.
    let model: Int?
    let isFailed: Bool
    let mapCount: Int
  }

  private var files: [RecordLines] = []
  /// One an image and model, where the first of its records stood.
  private(set) var entries: [Entry] = []
  /// Lines that are no records.
  private(set) var problems: [InputError] = []
  /// Last lines whose writer was cut off.
  private(set) var warnings: [InputError] = []
  /// See `protect`.
  private(set) var inputs = ProtectedFiles([])
  private var places: [FilePath: [Int]] = [:]
  private var models: [String: Int] = [:]

  /// Looks through every line of the files of records, one file after the other; `-` is standard input.
  ///
  /// - Throws: `InputError` naming a file that cannot be read, or a pipe that nothing came through.
  init(_ paths: [FilePath]) throws(InputError) {
    for (number, path) in paths.enumerated() {
      let file = try RecordLines(path, keepsPipes: true)
      files.append(file)
      while let line = try file.next() {
        if let record = try? Record(line: line.bytes) {
          add(record, (number, line.place))
        } else {
          reject(line, of: file)
        }
      }
      if file.isEmptyPipe { throw InputError("\(file.name)", "is empty") }
    }
    places = [:]
  }

  /// What messages call the file of an entry.
  func name(of entry: Entry) -> String { files[entry.file].name }

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
  private mutating func add(_ record: Record, _ place: (file: Int, place: Int)) {
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
    let entry = Entry(file: place.file, place: place.place, model: model, isFailed: isFailed, mapCount: mapCount)
    let earlier = places[image]?.first { index in
      let other = entries[index].model
      return other == nil || model == nil || other == model
    }
    if let earlier {
      entries[earlier] = entry
    } else {
      places[image, default: []].append(entries.count)
      entries.append(entry)
    }
  }

  private mutating func reject(_ line: RecordLines.Line, of file: RecordLines) {
    let subject = "\(file.name):\(line.number)"
    if line.isEnded {
      problems.append(InputError("\(subject)", "is no record", remedy: "a line that gradcam explain --jsonl prints"))
    } else {
      warnings.append(InputError("\(subject)", "the last line is cut off and left out"))
    }
  }
}
