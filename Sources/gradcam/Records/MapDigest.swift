import FoundationEssentials
import GradCAMCore

/// What a record keeps of a map's numbers, for `gradcam verify` to compare with.
struct MapDigest: Codable, Equatable, Sendable {
  /// The SHA-256 of the scaled map's values, float32 with the least byte first, row by row.
  let sha256: String
  /// The scaled map's means over a grid of at most 16×16 cells, as the same bytes in base 64: the map itself where it is no larger.
  let grid: String
  let gridShape: [Int]

  enum CodingKeys: String, CodingKey {
    case sha256, grid
    case gridShape = "grid_shape"
  }

  /// That of a record which has none.
  static let unknown = MapDigest(sha256: "", grid: "", gridShape: [])

  private static let mostCells = 16

  private init(sha256: String, grid: String, gridShape: [Int]) {
    (self.sha256, self.grid, self.gridShape) = (sha256, grid, gridShape)
  }

  init(_ map: Heatmap) {
    let (rows, columns) = (min(map.height, Self.mostCells), min(map.width, Self.mostCells))
    sha256 = SHA256.digest(of: Self.bytes(map.values))
    gridShape = [rows, columns]
    grid = Data(Self.bytes(Self.means(map, rows: rows, columns: columns))).base64EncodedString()
  }

  /// The grid's numbers; nil where they are damaged.
  var values: [Float]? {
    // A record may claim any shape: nothing is computed of one that no map's digest has.
    guard gridShape.count == 2, gridShape.allSatisfy((1...Self.mostCells).contains),
      let data = Data(base64Encoded: grid),
      data.count == 4 * gridShape[0] * gridShape[1]
    else { return nil }
    return stride(from: 0, to: data.count, by: 4).map { place in
      var bits: UInt32 = 0
      for byte in data[place..<place + 4].reversed() { bits = bits << 8 | UInt32(byte) }
      return Float(bitPattern: bits)
    }
  }

  private static func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
  }

  /// A cell is the mean of the values from its first row and column to the next cell's.
  private static func means(_ map: Heatmap, rows: Int, columns: Int) -> [Float] {
    (0..<rows * columns).map { cell in
      let (row, column) = (cell / columns, cell % columns)
      let (top, bottom) = (row * map.height / rows, (row + 1) * map.height / rows)
      let (left, right) = (column * map.width / columns, (column + 1) * map.width / columns)
      var sum = 0.0
      for y in top..<bottom {
        for x in left..<right { sum += Double(map.values[y * map.width + x]) }
      }
      return Float(sum / Double((bottom - top) * (right - left)))
    }
  }
}
