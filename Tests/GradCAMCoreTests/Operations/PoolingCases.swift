import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let poolings: [OpCase] = [
    maxPool("2×2", [2, 3, 6, 4], (2, 2), output: [2, 3, 3, 2]),
    maxPool("overlapping, padded", [2, 2, 7, 9], (3, 3), (2, 2), Padding(1), output: [2, 2, 4, 5]),
    maxPool("rectangular", [1, 3, 7, 8], (3, 2), (1, 3), output: [1, 3, 5, 3]),
    maxPool("ceil mode", [2, 2, 6, 7], (3, 2), (2, 2), ceilMode: true, output: [2, 2, 3, 4]),
    maxPool(
      "ceil mode, window in the padding dropped", [1, 2, 4, 5], (2, 2), (3, 2), Padding(1), ceilMode: true,
      output: [1, 2, 2, 3]),
    maxPool("ceil mode, larger than the map", [2, 3, 3, 4], (9, 9), ceilMode: true, output: [2, 3, 1, 1]),
    maxPool(
      "ceil mode, larger than the map by less than a step", [1, 2, 3, 8], (4, 3), (2, 2), ceilMode: true,
      output: [1, 2, 1, 4]),
    maxPool("dilation", [2, 2, 9, 8], (3, 2), (2, 1), Padding(1), dilation: (2, 3), output: [2, 2, 4, 7]),
    maxPool(
      "dilation, ceil mode", [1, 2, 8, 9], (2, 3), (2, 3), dilation: (3, 2), ceilMode: true,
      output: [1, 2, 3, 3]),
    maxPool(
      "padding by side", [2, 3, 5, 4], (3, 2), (2, 1), Padding(top: 0, left: 1, bottom: 2, right: 0),
      output: [2, 3, 3, 4]),
    averagePool("2×2", [2, 3, 4, 6], (2, 2), output: [2, 3, 2, 3]),
    averagePool("overlapping, padding counts", [2, 2, 7, 5], (3, 3), (2, 2), Padding(1), output: [2, 2, 4, 3]),
    averagePool(
      "overlapping, padding does not count", [2, 2, 7, 5], (3, 3), (2, 2), Padding(1), counts: false,
      output: [2, 2, 4, 3]),
    averagePool("rectangular", [1, 2, 7, 9], (2, 4), (3, 2), output: [1, 2, 2, 3]),
    averagePool("ceil mode", [2, 2, 6, 8], (3, 3), (2, 2), ceilMode: true, output: [2, 2, 3, 4]),
    averagePool(
      "ceil mode, padding counts", [1, 2, 6, 5], (3, 3), (2, 3), Padding(1), ceilMode: true,
      output: [1, 2, 4, 2]),
    averagePool(
      "ceil mode, padding does not count", [1, 2, 6, 5], (3, 3), (2, 3), Padding(1), ceilMode: true,
      counts: false, output: [1, 2, 4, 2]),
    averagePool("ceil mode, larger than the map", [2, 3, 4, 3], (2560, 2560), ceilMode: true, output: [2, 3, 1, 1]),
    averagePool(
      "ceil mode, larger than the map, padding counts", [1, 2, 3, 3], (6, 8), (6, 8), Padding(2), ceilMode: true,
      output: [1, 2, 1, 1]),
    averagePool(
      "ceil mode, larger than the map, padding does not count", [1, 2, 3, 3], (6, 8), (6, 8), Padding(2),
      ceilMode: true, counts: false, output: [1, 2, 1, 1]),
    averagePool(
      "padding by side counts", [2, 2, 5, 6], (3, 2), (2, 2),
      Padding(top: 1, left: 0, bottom: 2, right: 1), output: [2, 2, 3, 3]),
    averagePool(
      "padding by side does not count", [2, 2, 5, 6], (3, 2), (2, 2),
      Padding(top: 1, left: 0, bottom: 2, right: 1), counts: false, output: [2, 2, 3, 3]),
    averagePool(
      "ceil mode, padding by side counts", [2, 2, 5, 6], (4, 4), (3, 2),
      Padding(top: 1, left: 0, bottom: 2, right: 1), ceilMode: true, output: [2, 2, 2, 3]),
    adaptive("to one", [3, 4, 5, 7], (1, 1)),
    adaptive("divisible", [1, 2, 6, 4], (3, 2)),
    adaptive("not divisible", [2, 3, 7, 5], (3, 4)),
    adaptive("enlarging", [2, 2, 3, 2], (5, 3)),
    adaptive("same size", [1, 2, 4, 3], (4, 3)),
  ]

  private static func maxPool(
    _ name: String, _ input: [Int], _ kernel: (h: Int, w: Int), _ stride: (h: Int, w: Int)? = nil,
    _ padding: Padding = Padding(0), dilation: (h: Int, w: Int) = (1, 1), ceilMode: Bool = false, output: [Int]
  ) -> OpCase {
    let operation = MaxPool2d(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    let window = NaiveReference.Window(kernel: kernel, stride: stride ?? kernel, padding, dilation: dilation)
    return OpCase(
      name: "MaxPool2d \(name)", operation: operation, inputs: [Shape(input)], output: Shape(output), isSpaced: true,
      step: 0.01
    ) { NaiveReference.maxPool($0[0], window, output: output) }
  }

  private static func averagePool(
    _ name: String, _ input: [Int], _ kernel: (h: Int, w: Int), _ stride: (h: Int, w: Int)? = nil,
    _ padding: Padding = Padding(0), ceilMode: Bool = false, counts: Bool = true, output: [Int]
  ) -> OpCase {
    let operation = AvgPool2d(
      kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: counts)
    let window = NaiveReference.Window(kernel: kernel, stride: stride ?? kernel, padding)
    return OpCase(
      name: "AvgPool2d \(name)", operation: operation, inputs: [Shape(input)], output: Shape(output)
    ) { NaiveReference.averagePool($0[0], window, countIncludePad: counts, output: output) }
  }

  private static func adaptive(_ name: String, _ input: [Int], _ size: (h: Int, w: Int)) -> OpCase {
    OpCase(
      name: "AdaptiveAvgPool2d \(name)", operation: AdaptiveAvgPool2d(size), inputs: [Shape(input)],
      output: Shape(input[0], input[1], size.h, size.w)
    ) { NaiveReference.adaptiveAveragePool($0[0], size) }
  }
}
