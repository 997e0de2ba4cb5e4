import TestSupport
import Testing

@testable import GradCAMCore

/// A convolution of small odd sizes, with seeded weights and input.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var input: [Int]
  var k: Int
  var kernel = (h: 3, w: 3)
  var stride = (h: 1, w: 1)
  var padding = Padding(1)
  var dilation = (h: 1, w: 1)
  var groups = 1

  var testDescription: String {
    "\(kernel) to \(k) over \(input), stride \(stride), \(padding), dilation \(dilation), \(groups) groups"
  }

  var convolution: Conv2d {
    var random = SeededRandom(seed: 21)
    let shape = Shape(k, input[1] / groups, kernel.h, kernel.w)
    return Conv2d(
      weight: Tensor(random.uniform(shape.count), shape), bias: Tensor(random.uniform(k), Shape(k)), stride: stride,
      padding: padding, dilation: dilation, groups: groups)
  }

  var tensor: Tensor {
    var random = SeededRandom(seed: 22)
    return Tensor(random.uniform(input.reduce(1, *)), Shape(input))
  }

  /// The sums in doubles, from the definition.
  func oracle(_ output: Shape) -> Tensor {
    var window = NaiveReference.Window(kernel: kernel, stride: stride, padding, dilation: dilation)
    window.groups = groups
    let convolution = convolution
    return NaiveReference.convolution(
      NaiveTensor(tensor), weight: NaiveTensor(convolution.weight.tensor),
      bias: convolution.bias?.logical().map(Double.init), window, output: output.dimensions
    ).tensor
  }

  var geometry: ConvolutionGeometry {
    let convolution = convolution
    return convolution.geometry(Shape(input), convolution.checkedShape(of: [Shape(input)]))
  }

  /// Whatever can compute it.
  var algorithms: [ConvolutionAlgorithm] { ConvolutionAlgorithm.candidates(geometry) }

  static let all: [ConvolutionCase] = [
    // Stride 1: tiles cut short at the bottom and right, unlike paddings, several images, groups, one panel and several.
    ConvolutionCase(input: [1, 3, 5, 7], k: 4),
    ConvolutionCase(input: [2, 5, 9, 6], k: 70, padding: Padding(top: 0, left: 2, bottom: 1, right: 0)),
    ConvolutionCase(input: [3, 18, 4, 11], k: 17, padding: Padding(0)),
    ConvolutionCase(input: [1, 6, 13, 10], k: 9, groups: 3),
    ConvolutionCase(input: [2, 1, 3, 3], k: 1, padding: Padding(3)),
    ConvolutionCase(input: [1, 130, 7, 7], k: 65),
    // Enough tiles that each worker has its own.
    ConvolutionCase(input: [1, 4, 70, 66], k: 5),
    ConvolutionCase(input: [3, 2, 41, 39], k: 3),
    // Stride 2.
    ConvolutionCase(input: [2, 4, 9, 8], k: 5, stride: (2, 2)),
    ConvolutionCase(
      input: [1, 20, 7, 12], k: 66, stride: (2, 2), padding: Padding(top: 0, left: 1, bottom: 2, right: 1)),
    ConvolutionCase(input: [1, 3, 67, 73], k: 4, stride: (2, 2)),
    ConvolutionCase(input: [2, 6, 8, 5], k: 4, stride: (2, 2), groups: 2),
    // Few channels, and more outputs than one vector and than a block of them.
    ConvolutionCase(input: [2, 3, 11, 14], k: 70, kernel: (3, 3), stride: (2, 2)),
    ConvolutionCase(input: [1, 1, 9, 21], k: 33, kernel: (7, 7), stride: (1, 3), padding: Padding(3)),
    ConvolutionCase(input: [1, 4, 12, 4], k: 64, kernel: (2, 5), padding: Padding(2), dilation: (2, 1)),
    // Groups of 1×1, which are read in place: few positions and many.
    ConvolutionCase(input: [2, 12, 6, 5], k: 9, kernel: (1, 1), padding: Padding(0), groups: 3),
    ConvolutionCase(input: [1, 6, 50, 47], k: 134, kernel: (1, 1), padding: Padding(0), groups: 2),
    // Others.
    ConvolutionCase(input: [2, 7, 6, 5], k: 3, kernel: (1, 1), padding: Padding(0)),
    ConvolutionCase(input: [1, 5, 9, 10], k: 67, kernel: (1, 1), stride: (2, 3), padding: Padding(0)),
    ConvolutionCase(input: [1, 3, 21, 19], k: 6, kernel: (7, 5), stride: (2, 1), padding: Padding(2)),
    ConvolutionCase(input: [2, 4, 11, 9], k: 5, kernel: (3, 2), stride: (1, 2), dilation: (2, 3)),
    ConvolutionCase(input: [1, 1, 50, 47], k: 66, kernel: (2, 3), padding: Padding(0)),
  ]
}

extension Conv2d {
  /// One pass by a named algorithm, with the bias added.
  func run(_ x: Tensor, _ algorithm: ConvolutionAlgorithm, _ context: ExecutionContext) -> Tensor {
    run(x, algorithm, ConvolutionEpilogue(shift: bias?.elements), context)
  }

  /// One pass by a named algorithm.
  func run(
    _ x: Tensor, _ algorithm: ConvolutionAlgorithm, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) -> Tensor {
    let shape = checkedShape(of: [x.shape])
    return Tensor(shape) { output in
      convolve(x, geometry(x.shape, shape), algorithm, epilogue, to: output, context)
    }
  }
}
