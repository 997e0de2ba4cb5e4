import ModelFormats

/// Every command, in the order that help lists them.
enum CommandTable {
  static let all: [Command] = [
    .explain, .evaluate, .diff, .report, .sheet, .verify, .convert, .inspect, .methods, .metrics, .colormaps,
    .completions, .man, .help, .bench,
  ]

  /// The commands that the overview and the suggestions speak of.
  static let shown = all.filter(\.isShown)
  static let names = shown.map(\.name)

  /// The command of that name.
  ///
  /// - Throws: `InputError` with the nearest name.
  static func named(_ word: String) throws(InputError) -> Command {
    if let command = all.first(where: { $0.name == word }) { return command }
    throw InputError(
      "\(word)", "unknown command",
      remedy: nearest(to: word, among: names).map { "did you mean \($0)?" } ?? "gradcam --help lists them")
  }
}
