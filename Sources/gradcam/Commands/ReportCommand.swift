import ModelFormats

extension Command {
  static let report = Command(
    name: "report", summary: "make a page to look through the results of a run",
    operands: "[OPTIONS] RECORDS.jsonl|-... --output FILE", operandOffer: { .files },
    notes: [
      "Makes an HTML page from the records that gradcam explain --jsonl prints, to be opened in any browser from disk: "
        + "a grid of overlays to filter, sort and print. - reads records from standard input. Of several records of an "
        + "image and a model, as a resumed run writes them, the last counts.",
      "Up to \(ReportWriter.mostInPage) pictures the page is one file by itself, and shows them at \(Thumbnail.usualSide) pixels at "
        + "most. Beyond that it shows files: pictures of at most 512 pixels a side and 256 KB as they are, of others "
        + "thumbnails in a folder beside the page, which is called NAME.files. Moved elsewhere, such a page needs that folder and "
        + "the pictures in the same places as before.",
      "With --truth the page counts right and wrong answers in a table of true and predicted classes, and finds false positives "
        + "and false negatives. A class of several that one image may have at once is predicted from a probability of 50 % on.",
      "The page takes a reviewer's marks, keeps them in its address, and saves them as CSV. It saves the paths of the images "
        + "that its filters leave for --files-from, too.",
      "Of an option given twice the last counts.",
    ],
    examples: ["gradcam explain models/images -w models/demo-xray.bin --jsonl | gradcam report - -o report.html"],
    exitStatuses: [
      ("0", "the page was written"),
      ("1", "it was written without lines that are no records, or could not be written"),
      ("2", "bad usage, or files that hold no records"),
    ], action: ReportCommand.self)
}

/// `gradcam report`.
struct ReportCommand: Action {
  private let writer: ReportWriter

  init(_ command: Command, _ options: Options) throws(InputError) {
    let (records, page) = (try options.recordOperands(of: command), try options.namedOutput(for: "page"))
    guard options.report.truth?.isDash != true else {
      throw InputError("--truth", "cannot be read from standard input", remedy: "name a file")
    }
    writer = ReportWriter(
      records: records, page: page, options: options.report, jobs: options.running.jobs ?? Cores.count)
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    try OpenFiles.require(jobs: writer.jobs)
    let index = try writer.read(console: console)
    let truth = try writer.readTruth(index, console: console)
    let count: Int
    do {
      count = try writer.write(index, truth, console: console, caller.readRecipe)
    } catch let error as InputError {
      console.report(error)
      return ExitStatus.failure
    }
    let failed = index.failures > 0 ? ", \(index.failures.grouped) failed" : ""
    let images = "\(count.grouped) \(count == 1 ? "image" : "images")"
    let line = "\(printable(writer.page.description))  \(images)\(failed)"
    // Behind the page it would be damage.
    if writer.page.isStandardOutput { console.note(line) } else { try console.printConclusion(line) }
    return index.problems.isEmpty && count == index.entries.count ? ExitStatus.success : ExitStatus.failure
  }
}
