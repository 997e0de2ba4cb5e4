import ModelFormats

/// The rows of `gradcam methods` and `gradcam colormaps`.
enum ListCommands {
  /// Name, what it needs, and the paper.
  static func methods() throws(InputError) -> [[String]] {
    throw InputError("methods", "is not available in this build")
  }

  /// Name and what it is good for.
  static func colormaps() throws(InputError) -> [[String]] {
    throw InputError("colormaps", "is not available in this build")
  }
}
