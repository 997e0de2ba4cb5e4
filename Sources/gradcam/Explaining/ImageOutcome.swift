import ModelFormats

/// What became of one image.
struct ImageOutcome: Sendable {
  /// What is printed and kept; nil where `--resume` passed over an image that an earlier run finished.
  var record: Record?
  /// What an earlier run recorded of an image that `--resume` passed over, where that is asked for.
  var kept: ExplanationRecord?
  /// The image, where somebody may look at it again.
  var source: ImageSource?
  var warnings: [InputError] = []
  /// Why the image could not be explained.
  var error: InputError?

  /// Whether nothing is told or kept of the image: the run ends with it under way, since its model changed.
  var isDropped = false

  /// What was measured of an image, now or before.
  var measured: ExplanationRecord? {
    if let kept { return kept }
    if case .explained(let record) = record { return record }
    return nil
  }

  var isOutOfRoom: Bool { error?.isOutOfRoom ?? false }

  static let finishedBefore = ImageOutcome()
  static let dropped = ImageOutcome(isDropped: true)

  static func failed(
    _ path: FilePath, _ error: InputError, _ kind: FailureKind, warnings: [InputError] = []
  ) -> ImageOutcome {
    let named = error.about("\(path)")
    let record = FailureRecord(image: path, error: named, kind: kind)
    return ImageOutcome(record: .failed(record), warnings: warnings, error: named)
  }
}
