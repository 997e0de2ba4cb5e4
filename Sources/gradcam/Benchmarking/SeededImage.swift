import GradCAMCore

extension Image {
  /// A seeded picture of soft blobs and grain: no network's fast path for zeros or flat areas helps with it.
  static func seeded(width: Int, height: Int, channels: Int) -> Image {
    var random = SplitMix64(state: 20_161_007)
    let cell = 32
    let (columns, rows) = (width / cell + 2, height / cell + 2)
    let corners = (0..<columns * rows * channels).map { _ in random.next().unitFloat * 224 }
    var samples: [UInt8] = []
    samples.reserveCapacity(width * height * channels)
    for y in 0..<height {
      let (row, v) = (y / cell, Float(y % cell) / Float(cell))
      for x in 0..<width {
        let (column, u) = (x / cell, Float(x % cell) / Float(cell))
        for channel in 0..<channels {
          func corner(_ row: Int, _ column: Int) -> Float { corners[(row * columns + column) * channels + channel] }
          let upper = corner(row, column) * (1 - u) + corner(row, column + 1) * u
          let lower = corner(row + 1, column) * (1 - u) + corner(row + 1, column + 1) * u
          samples.append(UInt8(upper * (1 - v) + lower * v + random.next().unitFloat * 31))
        }
      }
    }
    return Image(width: width, height: height, channels: channels, samples: samples)
  }
}
