/// An outline in pixels: (0, 0) is the image's upper left corner. It encloses places that a ray leaves it from an odd number of times.
public struct TruthPolygon: Sendable, Hashable {
  /// x and y of each corner in turn: single precision tells thousandths of a pixel, and files hold millions of corners.
  private let corners: [Float]
  /// Of the corners' y.
  private let least, most: Float

  /// - Parameter corners: x and y of each corner in turn.
  /// - Returns: nil for fewer than three corners, an odd number of values, and values that are no places.
  public init?(_ corners: [Float]) {
    guard corners.count >= 6, corners.count % 2 == 0, corners.allSatisfy({ abs($0) < 1e9 }) else { return nil }
    self.corners = corners
    let heights = stride(from: 1, to: corners.count, by: 2).map { corners[$0] }
    (least, most) = (heights.min() ?? 0, heights.max() ?? 0)
  }

  func contains(x: Double, y: Double) -> Bool {
    guard y >= Double(least), y <= Double(most) else { return false }
    var isInside = false
    var (fromX, fromY) = (Double(corners[corners.count - 2]), Double(corners[corners.count - 1]))
    for i in stride(from: 0, to: corners.count, by: 2) {
      let (toX, toY) = (Double(corners[i]), Double(corners[i + 1]))
      if (fromY > y) != (toY > y), x < fromX + (y - fromY) / (toY - fromY) * (toX - fromX) { isInside.toggle() }
      (fromX, fromY) = (toX, toY)
    }
    return isInside
  }
}
