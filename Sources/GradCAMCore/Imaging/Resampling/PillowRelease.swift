/// A release of Pillow whose resizing is repeated, to the byte in 8 bits.
///
/// Each resizes in two passes, across and down, and rounds between them, so that their order shows.
public enum PillowRelease: Int, Sendable, Hashable, Codable, CaseIterable {
  /// Up to 12.3: across first, but for pictures more than a hundred times as tall as wide.
  case twelve = 12
  /// From 13.0 on: down first where that is less work.
  case thirteen = 13

  /// The newest: what "Pillow's bytes" are where nobody says which.
  public static let newest = thirteen

  /// Whether a picture is resized down before it is resized across: `Image.py`'s rule in 12.3, and 13.0's as it was
  /// found from outside, by 6,000 resizings of all kinds and 2,000 of parts.
  ///
  /// - Parameters:
  ///   - source: the whole picture, also where a part of it is resized.
  ///   - target: the whole result, also where a part of it is wanted.
  func goesDownFirst(from source: ImageSize, to target: ImageSize) -> Bool {
    guard target.height < source.height else { return false }
    switch self {
    case .twelve: return source.height > 100 * source.width
    case .thirteen: return source.height - target.height > 2 * (source.width - target.width)
    }
  }
}
