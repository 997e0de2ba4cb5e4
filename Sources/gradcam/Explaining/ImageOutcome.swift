import ModelFormats

/// What became of one image.
struct ImageOutcome: Sendable {
  /// What is printed and kept; nil where `--resume` passed over an image that an earlier run finished.
  var record: Record?
  var warnings: [InputError] = []
  /// Why the image could not be explained.
  var error: InputError?

  var isOutOfRoom: Bool { error?.isOutOfRoom ?? false }

  static let finishedBefore = ImageOutcome()

  static func failed(
    _ path: FilePath, _ error: InputError, _ kind: FailureKind, warnings: [InputError] = []
  ) -> ImageOutcome {
    let named = error.about("\(path)")
    let record = FailureRecord(image: path, error: named, kind: kind)
    return ImageOutcome(record: .failed(record), warnings: warnings, error: named)
  }
}
