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
