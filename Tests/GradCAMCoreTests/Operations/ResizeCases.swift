import TestSupport

@testable import GradCAMCore

/// Resizing, and poolings and convolutions whose padding follows from the input.
extension OpCase {
  static let resizings: [OpCase] = [
    resize("linear, half pixel", [2, 3, 4, 5], (7, 3), .linear, .halfPixel),
    resize("linear, align corners", [2, 2, 3, 4], (8, 9), .linear, .alignCorners),
    resize("linear, asymmetric", [1, 3, 5, 4], (7, 8), .linear, .asymmetric),
    resize("linear, one output", [2, 2, 5, 4], (1, 1), .linear, .pytorchHalfPixel),
    resize("cubic, half pixel", [2, 2, 4, 5], (9, 3), .cubic(), .halfPixel),
    resize("cubic, align corners", [2, 1, 5, 6], (7, 11), .cubic(a: -0.5), .alignCorners),
    resize("nearest, half pixel", [2, 3, 3, 4], (7, 3), .nearest(.roundPreferFloor), .halfPixel),
    resize("nearest, asymmetric", [2, 3, 3, 5], (6, 10), .nearest(.floor), .asymmetric),
    resize("same size", [2, 3, 3, 5], (3, 5), .linear, .halfPixel),
    lpPool("p = 1", [2, 3, 5, 6], p: 1, (2, 3), stride: (2, 1), output: [2, 3, 2, 4]),
    lpPool("p = 2, padded", [2, 2, 5, 4], p: 2, (3, 3), stride: (2, 2), padding: Padding(1), output: [2, 2, 3, 2]),
    lpPool("p = 3", [1, 3, 4, 5], p: 3, (2, 2), output: [1, 3, 3, 4]),
    OpCase(
      name: "global max", operation: GlobalMaxPool(), inputs: [Shape(2, 5, 3, 4)], output: Shape(2, 5, 1, 1),
      isSpaced: true, step: 0.01
    ) { NaiveReference.maxPool($0[0], .init(kernel: (3, 4)), output: [2, 5, 1, 1]) },
    automatic(
      "upper", .sameUpper, [2, 3, 5, 6], (2, 3), (2, 1), Padding(top: 0, left: 1, bottom: 1, right: 1), [3, 6]),
    automatic(
      "lower", .sameLower, [2, 3, 5, 6], (2, 3), (2, 1), Padding(top: 1, left: 1, bottom: 0, right: 1), [3, 6]),
    automatic(
      "upper, stride beyond the kernel", .sameUpper, [1, 3, 7, 5], (1, 2), (3, 4),
      Padding(top: 0, left: 0, bottom: 0, right: 1), [3, 2]),
    automatic("valid", .valid, [2, 3, 5, 6], (2, 3), (2, 1), Padding(0), [2, 4]),
    automaticPool("max", [2, 2, 5, 7], MaxPool2d(kernel: (3, 2), stride: (2, 2), autoPad: .sameLower)) {
      NaiveReference.maxPool($0, $1, output: [2, 2, 3, 4])
    },
    automaticPool(
      "average", [2, 2, 5, 7], AvgPool2d(kernel: (3, 2), stride: (2, 2), countIncludePad: false, autoPad: .sameLower)
    ) {
      NaiveReference.averagePool($0, $1, countIncludePad: false, output: [2, 2, 3, 4])
    },
    automaticPool("Lp", [2, 2, 5, 7], LpPool2d(kernel: (3, 2), stride: (2, 2), autoPad: .sameLower)) {
      NaiveReference.lpPool($0, p: 2, $1, output: [2, 2, 3, 4])
    },
  ]

  private static func resize(
    _ name: String, _ input: [Int], _ size: (h: Int, w: Int), _ mode: Resize.Mode, _ coordinates: ResizeCoordinates
  ) -> OpCase {
    let place = { @Sendable (index: Int, inputs: Int, outputs: Int) -> Double in
      let scale = Double(outputs) / Double(inputs)
      let x =
        switch coordinates {
        case .alignCorners: Double(index * (inputs - 1)) / Double(outputs - 1)
        case .asymmetric: Double(index) / scale
        case .pytorchHalfPixel where outputs == 1: 0.0
        default: (Double(index) + 0.5) / scale - 0.5
        }
      switch mode {
      case .nearest(.floor): return x.rounded(.down)
      case .nearest: return (x - 0.5).rounded(.up)
      case .linear: return min(max(x, 0), Double(inputs - 1))
      case .cubic: return x
      }
    }
    let kernel = { @Sendable (distance: Double) -> Double in
      let t = abs(distance)
      guard case .cubic(let coefficient, _) = mode else { return max(1 - t, 0) }
      let a = Double(coefficient)
      if t <= 1 { return (a + 2) * t * t * t - (a + 3) * t * t + 1 }
      return t < 2 ? a * (t * t * t - 5 * t * t + 8 * t - 4) : 0
    }
    return OpCase(
      name: "resize \(name)", operation: Resize(.sizes(h: size.h, w: size.w), mode: mode, coordinates: coordinates),
      inputs: [Shape(input)], output: Shape(input[0], input[1], size.h, size.w)
    ) { NaiveReference.resize($0[0], output: size, reach: 3, place: place, kernel: kernel) }
  }

  private static func lpPool(
    _ name: String, _ input: [Int], p: Float, _ kernel: (h: Int, w: Int), stride: (h: Int, w: Int) = (1, 1),
    padding: Padding = Padding(0), output: [Int]
  ) -> OpCase {
    let window = NaiveReference.Window(kernel: kernel, stride: stride, padding)
    return OpCase(
      name: "LpPool \(name)", operation: LpPool2d(p: p, kernel: kernel, stride: stride, padding: padding),
      inputs: [Shape(input)], output: Shape(output), isSpaced: true, step: 0.01
    ) { NaiveReference.lpPool($0[0], p: Double(p), window, output: output) }
  }

  private static func automatic(
    _ name: String, _ autoPad: AutoPad, _ input: [Int], _ kernel: (h: Int, w: Int), _ stride: (h: Int, w: Int),
    _ padding: Padding, _ size: [Int]
  ) -> OpCase {
    var random = SeededRandom(seed: 4)
    let weight = Tensor(random.uniform(4 * input[1] * kernel.h * kernel.w), Shape(4, input[1], kernel.h, kernel.w))
    let window = NaiveReference.Window(kernel: kernel, stride: stride, padding)
    return OpCase(
      name: "auto_pad \(name)", operation: Conv2d(weight: weight, stride: stride, autoPad: autoPad),
      inputs: [Shape(input)], output: Shape([input[0], 4] + size)
    ) {
      NaiveReference.convolution($0[0], weight: NaiveTensor(weight), bias: nil, window, output: [input[0], 4] + size)
    }
  }

  /// A pooling of 3×2 windows, stride 2, over 5×7: a row on either side, and a column on the left.
  private static func automaticPool(
    _ name: String, _ input: [Int], _ operation: any GradCAMCore.Operation,
    _ oracle: @escaping @Sendable (NaiveTensor, NaiveReference.Window) -> NaiveTensor
  ) -> OpCase {
    let window = NaiveReference.Window(
      kernel: (3, 2), stride: (2, 2), Padding(top: 1, left: 1, bottom: 1, right: 0))
    return OpCase(
      name: "auto_pad \(name) pooling", operation: operation, inputs: [Shape(input)],
      output: Shape(input[0], input[1], 3, 4), isSpaced: true, step: 0.01
    ) { oracle($0[0], window) }
  }
}
