import ModelFormats

extension Flag {
  /// What `report` may be told.
  static let report = [
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, FlagReader.path), .outputs, of: [.report],
      "the page to write; required"),
    Flag(
      "base", .one("DIR", \.report.base, default: "the current folder", FlagReader.path), .inputs, of: [.report],
      "what relative paths in the records are relative to: the folder that gradcam explain ran in"),
    Flag(
      "title", .one("TEXT", \.report.title, default: "the first file's name", FlagReader.text), .outputs,
      of: [.report], "the page's heading"),
    Flag(
      "pictures", .choice("KIND", \.report.pictures), .outputs, of: [.report],
      "where pictures are kept, in the page or in files beside it; auto is page up to \(ReportWriter.mostInPage) "
        + "pictures (an original and its overlays for each image), then files"),
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.report],
      "images under way at once (default: as many as there are cores)"),
  ]
}

/// What was typed for `gradcam report` alone.
struct ReportTyping: Equatable, Sendable {
  var base: FilePath?
  var title: String?
  var pictures = PicturePlacement.auto
}

/// `gradcam report`.
struct ReportOptions: Equatable, Sendable {
  var writer: ReportWriter
  var verbosity: Verbosity

  init(_ options: Options) throws(InputError) {
    guard !options.operands.isEmpty else {
      throw InputError("report", "no file of records is named", remedy: "gradcam report \(Command.report.operands)")
    }
    guard options.operands.count(where: \.isDash) < 2 else {
      throw InputError("-", "is named twice, but standard input can be read once")
    }
    guard let page = options.outputs.file else {
      throw InputError("--output", "is required", remedy: "--output FILE names the page to write")
    }
    guard !page.isDash else {
      throw InputError("--output", "a page cannot be written to standard output", remedy: "name a file")
    }
    writer = ReportWriter(records: options.operands, page: page)
    if let base = options.report.base { writer.base = base }
    writer.title = options.report.title
    writer.pictures = options.report.pictures
    if let jobs = options.running.jobs { writer.jobs = jobs }
    verbosity = options.verbosity
  }
}
