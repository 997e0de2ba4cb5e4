import GradCAMCore

/// What a shell can offer where a value or an operand is typed.
enum Offer: Hashable, Sendable {
  /// Nothing: only the user knows.
  case nothing
  case files
  case folders
  /// One of these words.
  case words([String])
  /// One of these words, or several between commas.
  case list([String])

  static let methods = Offer.list(CAMMethods.all.map(\.name))
  static let colormaps = Offer.words(ColorMap.all.map(\.name))
  static let architectures = Offer.words(ArchitectureRegistry.names)
  static let presets = Offer.words(Preprocessing.presets.map(\.key))
  static let targets = Offer.words(["top", "top5", "all", "positive", "negative"])
}

extension Flag {
  /// The summary as far as it fits beside a name: without what it goes on to explain.
  var brief: String {
    let end = [";", ": ", " ("].compactMap { summary.firstRange(of: $0)?.lowerBound }.min()
    return String(summary[..<(end ?? summary.endIndex)])
  }

  /// `-w` and `--weights`: how the flag may be typed.
  var spellings: [String] { (short.map { ["-\(String(decoding: [$0], as: UTF8.self))"] } ?? []) + [long] }
}

extension Command {
  /// What its operands may be.
  var operandOffer: Offer {
    switch self {
    case .explain, .report, .verify, .convert, .inspect, .bench: .files
    case .methods, .colormaps, .man: .nothing
    case .completions: .words(Shell.allCases.map(\.rawValue))
    case .help: .words(Command.names)
    }
  }
}
