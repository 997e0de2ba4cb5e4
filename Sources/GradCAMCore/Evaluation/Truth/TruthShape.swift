/// A part of an image, in pixels of the whole upright image.
public enum TruthShape: Sendable, Hashable {
  /// Boxes, and all that lies in one of them.
  case boxes([TruthBox])
  /// Single pixels.
  case pixels(TruthBitmap)
  /// Single pixels as runs.
  case runs(TruthRuns)
  /// Outlines, and all that lies in one of them.
  case polygons([TruthPolygon])

  /// Whether a place belongs to it.
  func contains(x: Double, y: Double) -> Bool {
    switch self {
    case .boxes(let boxes): boxes.contains { $0.contains(x: x, y: y) }
    case .pixels(let bitmap): bitmap.contains(x: x, y: y)
    case .runs(let runs): runs.contains(x: x, y: y)
    case .polygons(let polygons): polygons.contains { $0.contains(x: x, y: y) }
    }
  }
}

/// A box in pixels: (0, 0) is the image's upper left corner. The edges belong to it.
public struct TruthBox: Sendable, Hashable {
  public var x, y, width, height: Double

  /// A box with its upper left corner at (x, y).
  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  func contains(x: Double, y: Double) -> Bool {
    x >= self.x && x <= self.x + width && y >= self.y && y <= self.y + height
  }
}

/// Pixels of an image, row by row.
public struct TruthBitmap: Sendable, Hashable {
  /// Of the image.
  public let width, height: Int
  /// `height` · `width` values.
  public let values: [Bool]

  /// - Precondition: the values fill it exactly.
  public init(width: Int, height: Int, values: [Bool]) {
    precondition(values.count == width * height, "values that do not fill the mask")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// Whether no pixel belongs to it.
  public var isEmpty: Bool { !values.contains(true) }
  /// The share of the image's pixels that belong to it.
  public var share: Double { Double(values.count(where: \.self)) / Double(max(values.count, 1)) }

  func contains(x: Double, y: Double) -> Bool {
    guard x >= 0, y >= 0, x < Double(width), y < Double(height) else { return false }
    return values[Int(y) * width + Int(x)]
  }
}
