import Glibc

extension MetricSettings.Replacement {
  /// What stands in the place of an image, 1 C H W, where it is taken away.
  func image(of input: Tensor, seed: UInt64) -> Tensor {
    switch self {
    case .mean: Self.mean(of: input)
    case .blur: Self.blurred(input)
    case .noise: Self.noise(like: input, seed: seed)
    }
  }

  private static func mean(of input: Tensor) -> Tensor {
    let size = input.shape.h * input.shape.w
    let planes = (0..<input.shape.c).map { channel in
      let mean = input.plane(channel).reduce(0.0) { $0 + Double($1) } / Double(size)
      return [Float](repeating: Float(mean), count: size)
    }
    return Tensor(planes.flatMap { $0 }, input.shape)
  }

  /// A Gaussian blur whose deviation is a tenth of the shorter side, cut at three deviations; the picture's edge goes on beyond it.
  private static func blurred(_ input: Tensor) -> Tensor {
    let shape = input.shape
    let deviation = Double(min(shape.h, shape.w)) / 10
    let reach = max(1, Int((3 * deviation).rounded(.up)))
    let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = weights.reduce(0, +)
    let kernel = weights.map { Float($0 / sum) }
    let planes = (0..<shape.c).map { channel in
      let rows = along(input.plane(channel), count: shape.h, length: shape.w, stride: 1, lane: shape.w, kernel, reach)
      return along(rows, count: shape.w, length: shape.h, stride: shape.w, lane: 1, kernel, reach)
    }
    return Tensor(planes.flatMap { $0 }, shape)
  }

  /// Blurs the lanes of a plane: `count` of them, `lane` apart, of `length` values `stride` apart.
  private static func along(
    _ plane: [Float], count: Int, length: Int, stride: Int, lane: Int, _ kernel: [Float], _ reach: Int
  ) -> [Float] {
    var result = plane
    for number in 0..<count {
      for place in 0..<length {
        var sum: Float = 0
        for offset in -reach...reach {
          let source = min(max(place + offset, 0), length - 1)
          sum += kernel[offset + reach] * plane[number * lane + source * stride]
        }
        result[number * lane + place * stride] = sum
      }
    }
    return result
  }

  private static func noise(like input: Tensor, seed: UInt64) -> Tensor {
    let random = CounterRandom(seed: seed, stream: 90)
    let size = input.shape.h * input.shape.w
    let planes = (0..<input.shape.c).map { channel in
      let plane = input.plane(channel)
      let mean = plane.reduce(0.0) { $0 + Double($1) } / Double(size)
      let variance = plane.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(size)
      return (0..<size).map { Float(mean + variance.squareRoot() * Double(random.normal(channel * size + $0))) }
    }
    return Tensor(planes.flatMap { $0 }, input.shape)
  }
}
