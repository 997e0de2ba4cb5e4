import GradCAMCore

extension Image {
  /// A seeded picture of soft blobs and grain: no network's fast path for zeros or flat areas helps with it.
  static func seeded(width: Int, height: Int, channels: Int) -> Image {
    var noise = Noise(state: 20_161_007)
    let cell = 32
    let (columns, rows) = (width / cell + 2, height / cell + 2)
    let corners = (0..<columns * rows * channels).map { _ in noise.next() * 224 }
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
          samples.append(UInt8(upper * (1 - v) + lower * v + noise.next() * 31))
        }
      }
    }
    return Image(width: width, height: height, channels: channels, samples: samples)
  }
}

/// Numbers from 0 to 1 that are the same in every run (splitmix64).
private struct Noise {
  var state: UInt64

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((mixed ^ (mixed >> 31)) >> 40) / Float(1 << 24)
  }
}
