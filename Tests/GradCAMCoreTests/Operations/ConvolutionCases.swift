import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let convolutions: [OpCase] = [
    convolution("3×3", [2, 3, 7, 5], k: 4, (3, 3), output: [2, 4, 5, 3]),
    convolution("3×3 padded", [2, 3, 5, 7], k: 2, (3, 3), padding: Padding(1), output: [2, 2, 5, 7]),
    convolution("1×1", [3, 5, 3, 4], k: 6, (1, 1), output: [3, 6, 3, 4]),
    convolution("1×1, stride 2", [2, 4, 5, 7], k: 3, (1, 1), stride: (2, 2), bias: false, output: [2, 3, 3, 4]),
    convolution("1×1, padded", [1, 2, 3, 4], k: 3, (1, 1), padding: Padding(1), output: [1, 3, 5, 6]),
    convolution(
      "1×1, groups", [2, 6, 3, 2], k: 4, (1, 1), groups: 2, output: [2, 4, 3, 2]),
    convolution(
      "rectangular, strides differ", [2, 3, 9, 8], k: 4, (2, 5), stride: (3, 2), padding: Padding(1),
      output: [2, 4, 4, 3]),
    convolution(
      "padding by side", [2, 2, 4, 6], k: 3, (3, 3), padding: Padding(top: 0, left: 2, bottom: 3, right: 1),
      output: [2, 3, 5, 7]),
    convolution(
      "strides leave a remainder", [2, 2, 8, 9], k: 3, (3, 2), stride: (2, 3), output: [2, 3, 3, 3]),
    convolution(
      "dilation", [2, 2, 9, 7], k: 3, (3, 2), padding: Padding(1), dilation: (2, 3), output: [2, 3, 7, 6]),
    convolution(
      "dilation and stride", [1, 3, 11, 10], k: 2, (3, 3), stride: (2, 1), padding: Padding(2), dilation: (3, 2),
      output: [1, 2, 5, 10]),
    convolution(
      "groups", [2, 6, 5, 4], k: 9, (3, 3), stride: (1, 2), padding: Padding(1), groups: 3, output: [2, 9, 5, 2]),
    convolution(
      "groups, dilated, padded by side", [2, 4, 7, 6], k: 6, (2, 3),
      padding: Padding(top: 1, left: 0, bottom: 0, right: 2), dilation: (2, 1), groups: 2, output: [2, 6, 6, 6]),
    convolution("depthwise", [2, 5, 6, 7], k: 5, (3, 3), padding: Padding(1), groups: 5, output: [2, 5, 6, 7]),
    convolution(
      "depthwise, two each", [1, 3, 7, 6], k: 6, (3, 3), stride: (2, 2), padding: Padding(1), groups: 3, bias: false,
      output: [1, 6, 4, 3]),
    convolution(
      "kernel larger than the input", [2, 2, 3, 2], k: 3, (5, 4), padding: Padding(1), output: [2, 3, 1, 1]),
    convolution("whole map", [2, 4, 3, 5], k: 1, (3, 5), bias: false, output: [2, 1, 1, 1]),
    convolution("one pixel", [3, 3, 1, 1], k: 2, (3, 3), padding: Padding(1), output: [3, 2, 1, 1]),
    // Four tiles of 256 positions and a fifth that is cut short, across the border of two images.
    convolution("many tiles", [2, 1, 23, 24], k: 2, (3, 3), padding: Padding(1), output: [2, 2, 23, 24]),
    convolution("many tiles, 1×1", [2, 3, 19, 29], k: 2, (1, 1), output: [2, 2, 19, 29]),
    convolution(
      "many tiles, groups", [1, 4, 33, 34], k: 4, (2, 3), stride: (1, 2), groups: 2, output: [1, 4, 32, 16]),
    // Long patches: tiles of 64 positions.
    convolution("small tiles", [1, 64, 22, 21], k: 1, (8, 8), output: [1, 1, 15, 14]),
    // Few positions: workers take blocks of 64 output channels.
    convolution("many channels", [2, 3, 3, 2], k: 130, (3, 3), padding: Padding(1), output: [2, 130, 3, 2]),
    convolution("many channels, 1×1", [1, 70, 2, 3], k: 65, (1, 1), output: [1, 65, 2, 3]),
    convolution("many input channels, groups", [1, 74, 3, 3], k: 2, (2, 2), groups: 2, output: [1, 2, 2, 2]),
  ]

  private static func convolution(
    _ name: String, _ input: [Int], k: Int, _ kernel: (h: Int, w: Int), stride: (h: Int, w: Int) = (1, 1),
    padding: Padding = Padding(0), dilation: (h: Int, w: Int) = (1, 1), groups: Int = 1, bias: Bool = true,
    output: [Int]
  ) -> OpCase {
    var random = SeededRandom(seed: UInt64(k * 1000 + input[1]))
    let shape = [k, input[1] / groups, kernel.h, kernel.w]
    let weight = random.uniform(shape.reduce(1, *))
    let shift = bias ? random.uniform(k) : nil
    let operation = Conv2d(
      weight: Tensor(weight, Shape(shape)), bias: shift.map { Tensor($0, Shape(k)) }, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
    var window = NaiveReference.Window(kernel: kernel, stride: stride, padding, dilation: dilation)
    window.groups = groups
    let oracle = { @Sendable [window] (x: [NaiveTensor]) in
      NaiveReference.convolution(
        x[0], weight: NaiveTensor(weight.map(Double.init), shape), bias: shift?.map(Double.init), window,
        output: output)
    }
    return OpCase(
      name: "Conv2d \(name)", operation: operation, inputs: [Shape(input)], output: Shape(output), oracle: oracle)
  }
}

extension NaiveReference.Window {
  init(
    kernel: (h: Int, w: Int), stride: (h: Int, w: Int), _ padding: Padding = Padding(0),
    dilation: (h: Int, w: Int) = (1, 1)
  ) {
    self.init(kernel: kernel)
    (self.stride, self.dilation) = (stride, dilation)
    self.padding = (padding.top, padding.left, padding.bottom, padding.right)
  }
}
