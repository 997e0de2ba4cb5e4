import TestSupport

@testable import GradCAMCore

/// Matrix products, transposed and one-dimensional convolutions.
extension OpCase {
  static let products: [OpCase] = [
    matmul("matrices", [3, 5], [5, 4], output: [3, 4]),
    matmul("a stack by one matrix", [2, 3, 5], [5, 4], output: [2, 3, 4]),
    matmul("one matrix by a stack", [3, 5], [2, 5, 4], output: [2, 3, 4]),
    matmul("stacks", [3, 2, 5], [3, 5, 4], output: [3, 2, 4]),
    matmul("heads of attention", [2, 3, 4, 5], [2, 3, 5, 6], output: [2, 3, 4, 6]),
    matmul("feature maps by one matrix", [2, 3, 4, 5], [5, 2], output: [2, 3, 4, 2]),
    matmul("broadcast both ways", [2, 1, 3, 4], [3, 4, 2], output: [2, 3, 3, 2]),
    matmul("rank 5", [2, 1, 3, 2, 4], [1, 2, 1, 4, 3], output: [2, 2, 3, 2, 3]),
    matmul("two tiles of rows", [259, 3], [3, 2], output: [259, 2]),
    matmul("two tiles of columns", [2, 3], [3, 261], output: [2, 261]),
    matmul("one column", [2, 3, 4], [4], output: [2, 3], as: ([2, 3, 4], [4, 1])),
    matmul("one row", [4], [2, 4, 3], output: [2, 3], as: ([1, 4], [2, 4, 3])),
    matmul("two vectors", [4], [4], output: [], as: ([1, 4], [4, 1])),
    gemm("plain", [3, 5], [5, 4], nil),
    gemm("with C", [3, 5], [5, 4], [3, 4], alpha: 0.5, beta: 2),
    gemm("A transposed, a row", [5, 3], [5, 4], [4], alpha: 2, transposeA: true, suffix: " of the batch"),
    gemm("B transposed, one row", [3, 5], [4, 5], [1, 4], beta: -1, transposeB: true, suffix: " of the batch"),
    gemm(
      "both transposed, a column", [5, 3], [4, 5], [3, 1], transposeA: true, transposeB: true, suffix: " of the batch"),
    gemm("a scalar", [2, 3], [3, 4], [], beta: 0.25),
    transposed("stride 2", [2, 3, 4, 5], k: 4, (3, 3), stride: (2, 2), padding: Padding(1), output: [2, 4, 7, 9]),
    transposed(
      "output padding", [2, 3, 4, 3], k: 2, (3, 2), stride: (2, 3), padding: Padding(1), outputPadding: (1, 2),
      output: [2, 2, 8, 8]),
    transposed("groups, no bias", [2, 4, 3, 5], k: 6, (2, 3), groups: 2, bias: false, output: [2, 6, 4, 7]),
    transposed(
      "depthwise", [1, 3, 4, 3], k: 3, (4, 4), stride: (2, 2), padding: Padding(1), groups: 3, output: [1, 3, 8, 6]),
    transposed(
      "dilation, padding by side", [2, 2, 4, 3], k: 3, (2, 3), padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
      dilation: (3, 2), output: [2, 3, 4, 6]),
    transposed("stride beyond the kernel", [2, 2, 3, 2], k: 2, (1, 2), stride: (3, 3), output: [2, 2, 7, 5]),
    transposed("1×1", [2, 3, 3, 4], k: 5, (1, 1), output: [2, 5, 3, 4]),
    sequence("Conv1d", [2, 4, 9], [4, 2, 3], stride: 2, padding: 1, groups: 2, output: [2, 4, 5]),
    sequence("Conv1d, dilation", [1, 3, 10], [5, 3, 3], dilation: 3, output: [1, 5, 4]),
    OpCase(
      name: "MaxPool1d", operation: OneDimensional(MaxPool2d(kernel: (1, 3), stride: (1, 2))), inputs: [Shape(2, 3, 8)],
      output: Shape(2, 3, 3), isSpaced: true, step: 0.01
    ) { x in
      NaiveReference.maxPool(
        x[0].reshaped([2, 3, 1, 8]), .init(kernel: (1, 3), stride: (1, 2)), output: [2, 3, 1, 3]
      ).reshaped([2, 3, 3])
    },
    OpCase(
      name: "AvgPool1d", operation: OneDimensional(AvgPool2d(kernel: (1, 2))), inputs: [Shape(2, 3, 7)],
      output: Shape(2, 3, 3)
    ) { x in
      NaiveReference.averagePool(
        x[0].reshaped([2, 3, 1, 7]), .init(kernel: (1, 2), stride: (1, 2)), countIncludePad: true, output: [2, 3, 1, 3]
      ).reshaped([2, 3, 3])
    },
  ]

  private static func matmul(
    _ name: String, _ a: [Int], _ b: [Int], output: [Int], as matrices: ([Int], [Int])? = nil
  ) -> OpCase {
    // The others have no batch in front of both inputs, which could be empty.
    let suffix = name == "stacks" || name.hasPrefix("heads") ? "" : " of the batch"
    let product =
      output.isEmpty ? [1, 1] : name == "one column" ? output + [1] : name == "one row" ? [2, 1, 3] : output
    return OpCase(
      name: "matmul \(name)\(suffix)", operation: MatMul(), inputs: [Shape(a), Shape(b)], output: Shape(output)
    ) { x in
      let (left, right) = matrices ?? (a, b)
      return NaiveReference.matmul(x[0].reshaped(left), x[1].reshaped(right), output: product).reshaped(output)
    }
  }

  private static func gemm(
    _ name: String, _ a: [Int], _ b: [Int], _ c: [Int]?, alpha: Float = 1, beta: Float = 1, transposeA: Bool = false,
    transposeB: Bool = false, suffix: String = " of the batch"
  ) -> OpCase {
    let operation = Gemm(alpha: alpha, beta: beta, transposeA: transposeA, transposeB: transposeB)
    let output = Shape(a[transposeA ? 1 : 0], b[transposeB ? 0 : 1])
    let inputs = [Shape(a), Shape(b)] + (c.map { [Shape($0)] } ?? [])
    return OpCase(name: "gemm \(name)\(suffix)", operation: operation, inputs: inputs, output: output) { x in
      NaiveReference.gemm(
        transposeA ? NaiveReference.transpose(x[0], [1, 0]) : x[0],
        transposeB ? NaiveReference.transpose(x[1], [1, 0]) : x[1], x.count == 3 ? x[2] : nil, alpha: Double(alpha),
        beta: Double(beta))
    }
  }

  private static func transposed(
    _ name: String, _ input: [Int], k: Int, _ kernel: (h: Int, w: Int), stride: (h: Int, w: Int) = (1, 1),
    padding: Padding = Padding(0), outputPadding: (h: Int, w: Int) = (0, 0), dilation: (h: Int, w: Int) = (1, 1),
    groups: Int = 1, bias: Bool = true, output: [Int]
  ) -> OpCase {
    var random = SeededRandom(seed: UInt64(k * 100 + input[1]))
    let shape = [input[1], k / groups, kernel.h, kernel.w]
    let weight = random.uniform(shape.reduce(1, *))
    let shift = bias ? random.uniform(k) : nil
    let operation = ConvTranspose2d(
      weight: Tensor(weight, Shape(shape)), bias: shift.map { Tensor($0, Shape(k)) }, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups)
    var window = NaiveReference.Window(kernel: kernel, stride: stride, padding, dilation: dilation)
    window.groups = groups
    return OpCase(
      name: "ConvTranspose2d \(name)", operation: operation, inputs: [Shape(input)], output: Shape(output)
    ) { [window] x in
      NaiveReference.transposedConvolution(
        x[0], weight: NaiveTensor(weight.map(Double.init), shape), bias: shift?.map(Double.init), window,
        output: output)
    }
  }

  private static func sequence(
    _ name: String, _ input: [Int], _ weights: [Int], stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1, output: [Int]
  ) -> OpCase {
    var random = SeededRandom(seed: UInt64(input[2]))
    let shape = [weights[0], weights[1], 1, weights[2]]
    let weight = Tensor(random.uniform(shape.reduce(1, *)), Shape(shape))
    let sides = Padding(top: 0, left: padding, bottom: 0, right: padding)
    let operation = OneDimensional(
      Conv2d(weight: weight, stride: (1, stride), padding: sides, dilation: (1, dilation), groups: groups))
    var window = NaiveReference.Window(
      kernel: (1, weights[2]), stride: (1, stride), sides, dilation: (1, dilation))
    window.groups = groups
    return OpCase(name: name, operation: operation, inputs: [Shape(input)], output: Shape(output)) { [window] x in
      NaiveReference.convolution(
        x[0].reshaped([input[0], input[1], 1, input[2]]), weight: NaiveTensor(weight), bias: nil, window,
        output: [output[0], output[1], 1, output[2]]
      ).reshaped(output)
    }
  }
}
