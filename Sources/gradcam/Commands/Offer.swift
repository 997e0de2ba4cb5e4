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
  /// The layers of the model that was typed before, one or several between commas.
  case layers

  static let methods = Offer.list(CAMMethods.all.map(\.name))
  static let colormaps = Offer.words(ColorMap.all.map(\.name))
  static let architectures = Offer.words(ArchitectureRegistry.names)
  static let presets = Offer.words(Preprocessing.presets.map(\.key))
  /// A line of the shell that prints the layers with a map of the model that its variable `model` names.
  static let listingLayers =
    #"gradcam inspect "$model" --quiet 2>/dev/null | awk 'rows && $4 != "–" { print $1 } /^module / { rows = 1 }'"#
  static let targets = Offer.words(["top", "top5", "all", "positive", "negative"])
}
