import ModelFormats

/// Where the records of a report lie: what is kept of each while the page is written.
struct ReportIndex: Sendable {
  struct Entry: Sendable {
    let file: Int
    let range: Range<Int>
    /// The model's number; nil for a failed record that names none.
    let model: Int?
    let isFailed: Bool
    let mapCount: Int
  }

  let files: [RecordFile]
  /// One an image and model, where the first of its records stood.
  private(set) var entries: [Entry] = []
  /// Lines that are no records.
  private(set) var problems: [InputError] = []
  /// Last lines whose writer was cut off.
  private(set) var warnings: [InputError] = []
  private var places: [FilePath: [Int]] = [:]
  private var models: [String: Int] = [:]

  /// Looks through every line of `files`.
  init(_ files: [RecordFile]) {
    self.files = files
    for (number, file) in files.enumerated() {
      file.forEachLine { line in
        do {
          add(try file.decode(RecordHead.self, at: line.range), (number, line.range))
        } catch {
          reject(line, of: file)
        }
      }
    }
    places = [:]
  }

  /// How many pictures the page has: an original an image, an overlay a map.
  var pictureCount: Int { entries.reduce(0) { $0 + 1 + $1.mapCount } }
  var failures: Int { entries.count(where: \.isFailed) }

  /// The pictures that the records name, as far as they are there.
  func pictures(_ links: PageLinks) -> Set<FileIdentity> {
    var found: Set<FileIdentity> = []
    for entry in entries {
      guard let head = try? files[entry.file].decode(RecordHead.self, at: entry.range) else { continue }
      for path in [head.image] + head.overlays {
        if let identity = path.flatMap(links.file).flatMap(FileIdentity.init) { found.insert(identity) }
      }
    }
    return found
  }

  /// A later record of an image takes the place of an earlier one of the same model, as a resumed run writes it; one
  /// that failed may not know its model.
  private mutating func add(_ head: RecordHead, _ place: (Int, Range<Int>)) {
    let model = head.model.map { name in
      let number = models[name] ?? models.count
      models[name] = number
      return number
    }
    let entry = Entry(
      file: place.0, range: place.1, model: model, isFailed: head.error != nil, mapCount: head.overlays.count)
    let earlier = places[head.image]?.first { index in
      let other = entries[index].model
      return other == nil || model == nil || other == model
    }
    if let earlier {
      entries[earlier] = entry
    } else {
      places[head.image, default: []].append(entries.count)
      entries.append(entry)
    }
  }

  private mutating func reject(_ line: RecordFile.Line, of file: RecordFile) {
    let subject = "\(file.name):\(line.number)"
    if line.isEnded {
      problems.append(InputError("\(subject)", "is no record", remedy: "a line that gradcam explain --jsonl prints"))
    } else {
      warnings.append(InputError("\(subject)", "the last line is cut off and left out"))
    }
  }
}
