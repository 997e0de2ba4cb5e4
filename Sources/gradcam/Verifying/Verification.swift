/// What came of making a map again.
enum Verification: String, CaseIterable, Sendable {
  /// The same bytes.
  case same
  /// Within what the method's maps may differ by, on another kind of processor.
  case agrees
  case differs
  /// The model or the image is not what it was, or cannot be read.
  case notVerified = "not verified"
  /// The record of an image that failed.
  case failedBefore = "failed before"
}
