import GradCAMCore
import ModelFormats

/// Writes a contact sheet of the overlays that records name: a row an image, a column a kind of map.
struct SheetWriter: Sendable {
  /// Files of records, in order; `-` is standard input.
  let records: [FilePath]
  /// The sheet to write.
  let file: FilePath
  let format: FileFormat
  let options: SheetOptions
  private let reader = PictureReader()

  init(records: [FilePath], file: FilePath, format: FileFormat, options: SheetOptions) {
    (self.records, self.file, self.format, self.options) = (records, file, format, options)
  }

  /// What a sheet came to.
  struct Outcome {
    var images = 0, columns = 0
    /// How many images failed, and are not on the sheet.
    var failed = 0
    /// How many overlays could not be read.
    var missing = 0
  }

  /// Writes the sheet.
  ///
  /// - Throws: `InputError` naming records that cannot be read, a sheet that is too large, or a file that cannot be written.
  func write(console: Console, _ readRecipe: RecipeReader) throws(InputError) -> Outcome {
    var index = try ReportIndex(records)
    if let fault = index.problems.first ?? (index.entries.isEmpty ? index.warnings.first : nil) { throw fault }
    index.warnings.forEach(console.warn)
    let links = PageLinks(from: file, base: options.base)
    index.protect(records, links)
    try check(index)
    let rows = rows(index)
    let columns = SheetColumns(rows.joined().map { $0 })
    guard !columns.keys.isEmpty else {
      throw InputError("\(records[0])", "has no map to show", remedy: "records of gradcam explain --jsonl")
    }
    try refuseLarge(rows: rows.count, columns: columns.keys.count + 1)
    var sheet = ContactSheet(columns: ["image"] + columns.headings, side: options.cell)
    var outcome = Outcome(images: rows.count, columns: columns.keys.count, failed: index.failures)
    for (number, row) in rows.enumerated() {
      try sheet.add(cells(row, columns, links, readRecipe, &outcome))
      console.progress(done: number + 1, of: rows.count)
    }
    console.endProgress()
    let bytes = try encoded(sheet)
    try AtomicFile.write(bytes, to: file, replacing: { (_) throws(InputError) in try check(index) })
    return outcome
  }

  private func check(_ index: ReportIndex) throws(InputError) {
    try index.inputs.check(file)
    try OwnOutput.picture.check(file)
  }

  /// The records of each image that was explained, by several models one each.
  private func rows(_ index: ReportIndex) -> [[ExplanationRecord]] {
    var places: [FilePath: Int] = [:]
    var rows: [[ExplanationRecord]] = []
    for entry in index.entries {
      guard case .explained(let record) = try? Record(line: index.line(of: entry)) else { continue }
      if let place = places[record.path] {
        rows[place].append(record)
      } else {
        places[record.path] = rows.count
        rows.append([record])
      }
    }
    return rows
  }

  private func refuseLarge(rows: Int, columns: Int) throws(InputError) {
    let size = ContactSheet.size(columns: columns, rows: rows, side: options.cell)
    guard size.width > ContactSheet.mostPixels / max(size.height, 1) else { return }
    throw InputError(
      "\(file)",
      "\(rows.grouped) images and \(columns - 1) maps each make a sheet of \(size.width)×\(size.height) pixels",
      remedy: "fewer records, or --cell below \(options.cell)")
  }

  private func encoded(_ sheet: ContactSheet) throws(InputError) -> [UInt8] {
    let texts: KeyValuePairs = [PNGText.ownKeyword: Version.number, "sheet": sheet.columns.joined(separator: ", ")]
    switch format {
    case .svg: return try sheet.svg(texts: texts)
    case .jpeg: return try JPEGEncoder.encode(sheet.drawn(), quality: 90, hasFineColors: true, texts: texts)
    case .png, .npy: return try PNGEncoder.encode(sheet.drawn(), texts: texts)
    }
  }

  // MARK: - Cells

  private func cells(
    _ row: [ExplanationRecord], _ columns: SheetColumns, _ links: PageLinks, _ readRecipe: RecipeReader,
    _ outcome: inout Outcome
  ) throws(InputError) -> [ContactSheet.Cell] {
    let first = row[0]
    let decoding = (try? readRecipe(first.options))?.decoding ?? ImageDecoder.Options()
    let original = try picture(
      links.file(first.path), showing: first.shownPart, readAs: try? Preprocessing(recorded: first.preprocess), decoding
    )
    var cells = [ContactSheet.Cell(original, notes: [first.path.lastComponent.description, answer(first)])]
    var found: [SheetColumns.Key: ContactSheet.Cell] = [:]
    for record in row {
      for ((map, key), path) in zip(zip(record.maps, columns.keys(of: record)), record.overlays) {
        let overlay = try picture(path.flatMap(links.file))
        if overlay == nil { outcome.missing += 1 }
        found[key] = ContactSheet.Cell(overlay, notes: notes(map, key, record, isThere: overlay != nil))
      }
    }
    cells += columns.keys.map { found[$0] ?? ContactSheet.Cell(nil) }
    return cells
  }

  private func answer(_ record: ExplanationRecord) -> String {
    guard let best = record.prediction.first else { return "" }
    return "\(best.label ?? "class \(best.index)") \(MapWords.answer(best.probability, score: best.logit))"
  }

  /// The class where it is not the one predicted and no heading names it, and what is wrong.
  private func notes(
    _ map: MapRecord, _ key: SheetColumns.Key, _ record: ExplanationRecord, isThere: Bool
  ) -> [String] {
    let isNamed = key.target == map.target.name || map.classAgnostic == true
    let isPredicted = map.target.index == record.prediction.first?.index
    var notes = isNamed || isPredicted ? [] : [map.target.name]
    if map.verdict != Verdict.ok.rawValue { notes.append(map.verdict) }
    return isThere ? notes : notes + ["no picture"]
  }

  /// nil where there is no file that can be decoded.
  private func picture(
    _ path: FilePath?, showing part: CropGeometry? = nil, readAs specification: Preprocessing? = nil,
    _ decoding: ImageDecoder.Options = ImageDecoder.Options()
  ) throws(InputError) -> Image? {
    // A pipe or a device would be waited for without end.
    guard let path, FileIdentity(path) != nil, let file = try? FileBytes(path: path) else { return nil }
    let thumbnail = Thumbnail(part: part, longestSide: options.cell)
    return try reader.read(file, thumbnail, readAs: specification, decoding) { (found) throws(InputError) in
      thumbnail.draw(found.image, of: found.size)
    }
  }
}
