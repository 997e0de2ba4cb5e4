import FoundationEssentials
import GradCAMCore
import ModelFormats
import Synchronization

/// Writes a page to look through the results of a run.
struct ReportWriter: Sendable {
  /// Files of records, in order; `-` is standard input.
  var records: [FilePath]
  /// The page to write; its folder exists.
  var page: FilePath
  var options = ReportOptions()
  /// How many pictures are worked on at once.
  var jobs = Cores.count

  /// Up to that many pictures, originals and overlays together, the page holds them itself.
  static let mostInPage = 400
  /// Looks through the records. Lines that are no records are reported and left out.
  ///
  /// - Throws: `InputError` where a file cannot be read, holds no record, or would be replaced by the page.
  func read(console: Console) throws(InputError) -> ReportIndex {
    var index = try ReportIndex(records)
    if index.entries.isEmpty, let fault = index.problems.first ?? index.warnings.first { throw fault }
    index.warnings.forEach(console.warn)
    tell(index, console)
    index.protect(records + (options.truth.map { [$0] } ?? []), links)
    try index.inputs.check(page)
    try OwnOutput.page.check(page)
    return index
  }

  /// Reads which classes the images have, where a file of that is named. What may be wrong with it is told.
  ///
  /// - Throws: see `ReportTruth`.
  func readTruth(_ index: ReportIndex, console: Console) throws(InputError) -> ReportTruth? {
    guard let path = options.truth else { return nil }
    let truth = try ReportTruth(path, index)
    truth.warnings.forEach(console.warn)
    return truth
  }

  /// Writes the page and the files beside it.
  ///
  /// - Parameter readRecipe: reads the options that a record keeps: they choose what is read of an image.
  /// - Returns: how many images are on the page. A record that was changed meanwhile is reported and left out.
  /// - Throws: `InputError` naming a file that cannot be written.
  func write(
    _ index: ReportIndex, _ truth: ReportTruth?, console: Console, _ readRecipe: @escaping RecipeReader
  ) throws -> Int {
    let place = placement(of: index)
    AtomicFile.removeLeftovers(in: page.parent)
    if case .folder(let folder) = place {
      try Folders.make(folder)
      AtomicFile.removeLeftovers(in: folder)
    }
    let maker = PictureMaker(place: place, links: links, inputs: index.inputs)
    let (items, count) = try self.items(index, truth, maker, console, readRecipe)
    let heading = ReportPage.Heading(
      title: options.title ?? defaultTitle, version: Version.number, verdicts: Self.meanings(.evidenceFor),
      verdictsByMode: Dictionary(
        uniqueKeysWithValues: MapQuestion.Mode.allCases.map { ($0.rawValue, Self.meanings($0)) }),
      classless: CAMMethods.all.filter { !$0.knowsClass }.map(\.name), recorded: recorded, truth: truth?.heading)
    try AtomicFile.write(
      try ReportPage.html(heading, items: items), to: page,
      replacing: { path throws(InputError) in
        try index.inputs.check(path)
        try OwnOutput.page.check(path)
      })
    return count
  }

  /// When the last of the files of records was written, in seconds since 1970; nil where none is a file.
  private var recorded: Double? { records.compactMap { FileStatus($0)?.stamp?.modified }.max() }

  private static func meanings(_ mode: MapQuestion.Mode) -> [String: String] {
    // The page shows a damaged image among the doubtful maps, as if that were their verdict.
    let damage = (
      "damaged", "the image could be decoded only in part: pixels were made up, and the map is of those, too"
    )
    let meanings = Verdict.allCases.compactMap { verdict in verdict.explanation(mode).map { (verdict.rawValue, $0) } }
    return Dictionary(uniqueKeysWithValues: meanings + [damage])
  }

  private var links: PageLinks { PageLinks(from: page, base: options.base) }

  private func tell(_ index: ReportIndex, _ console: Console) {
    index.problems.forEach(console.report)
    let more = index.problemCount - index.problems.count
    if more > 0 { console.report(InputError("", "\(more) more lines are no records")) }
  }

  private func placement(of index: ReportIndex) -> PictureMaker.Place {
    if options.pictures == .page || options.pictures == .auto && index.pictureCount <= Self.mostInPage { return .page }
    return .folder(page.parent.appending(FilePath(bytes: page.stem.bytes + Array(".files".utf8))))
  }

  private var defaultTitle: String {
    guard let first = records.first, !first.isDash else { return "gradcam report" }
    return first.lastComponent.description
  }

  /// The records with their pictures, as JSON with commas between, and how many they are.
  private func items(
    _ index: ReportIndex, _ truth: ReportTruth?, _ maker: PictureMaker, _ console: Console,
    _ readRecipe: @escaping RecipeReader
  ) throws -> (bytes: [UInt8], count: Int) {
    let written = Mutex((bytes: [UInt8](), count: 0))
    var numbers = index.entries.indices.makeIterator()
    try OrderedWork.run(
      { numbers.next() }, workers: WorkShare.affordable(jobs), window: 16 + 4 * jobs,
      makeWorker: {
        { number in
          let line = index.line(of: index.entries[number])
          return (number, Result { try ReportItem(line, truth?.classes[number], maker, readRecipe)?.json() })
        }
      },
      deliver: { number, result in
        guard let item = try result.get() else {
          return console.report(
            InputError("\(index.name(of: index.entries[number]))", "has changed while the page was made"))
        }
        written.withLock { written in
          if written.count > 0 { written.bytes += [UInt8(ascii: ","), UInt8(ascii: "\n")] }
          written.bytes += item
          written.count += 1
          console.progress(done: written.count, of: index.entries.count)
        }
      })
    console.endProgress()
    return written.withLock { $0 }
  }
}

/// A record and its pictures.
private struct ReportItem: Encodable {
  let record: PageValue
  let original: PagePicture
  let overlays: [PagePicture]
  /// Places among the truth's classes; absent where it says nothing of the image.
  let truth: [Int]?

  /// nil for what is no record.
  init?(_ line: [UInt8], _ truth: [Int]?, _ maker: PictureMaker, _ readRecipe: RecipeReader) throws {
    guard let found = try? Record(line: line), let value = try? PageValue(line: line) else { return nil }
    (record, self.truth) = (value, truth)
    switch found {
    case .explained(let record):
      original = try maker.picture(
        of: record.path, showing: record.shownPart, readAs: try? Preprocessing(recorded: record.preprocess),
        (try? readRecipe(record.options))?.decoding ?? ImageDecoder.Options())
      overlays = try record.overlays.map { try maker.picture(of: $0) }
    case .failed(let record): (original, overlays) = (try maker.picture(of: record.path), [])
    }
  }

  /// One line that can stand inside a script element.
  func json() throws -> [UInt8] { ReportPage.escaped(try encodedJSON(self).utf8) }
}
