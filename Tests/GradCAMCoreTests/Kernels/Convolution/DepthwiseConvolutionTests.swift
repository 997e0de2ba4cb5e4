import TestSupport
import Testing

@testable import GradCAMCore

/// Depthwise convolutions by their own kernel, against im2col and against the definition.
@Suite struct DepthwiseConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var input: [Int]
    var kernel: (h: Int, w: Int)
    var stride = (h: 1, w: 1)
    var padding = Padding(0)
    var dilation = (h: 1, w: 1)
    var testDescription: String { "\(kernel) over \(input), stride \(stride), \(padding), dilation \(dilation)" }

    var convolution: Conv2d {
      var random = SeededRandom(seed: 11)
      let c = input[1]
      let weight = Tensor(random.uniform(c * kernel.h * kernel.w), Shape(c, 1, kernel.h, kernel.w))
      return Conv2d(
        weight: weight, bias: Tensor(random.uniform(c), Shape(c)), stride: stride, padding: padding,
        dilation: dilation, groups: c)
    }

    var tensor: Tensor {
      var random = SeededRandom(seed: 12)
      return Tensor(random.uniform(input.reduce(1, *)), Shape(input))
    }
  }

  static let cases = [
    Case(input: [2, 5, 6, 7], kernel: (3, 3), padding: Padding(1)),
    Case(input: [1, 16, 7, 9], kernel: (3, 3), stride: (2, 2), padding: Padding(1)),
    Case(input: [2, 39, 5, 8], kernel: (5, 3), stride: (1, 2), padding: Padding(2)),
    Case(
      input: [1, 20, 9, 8], kernel: (2, 3), padding: Padding(top: 0, left: 2, bottom: 3, right: 1), dilation: (3, 2)),
    Case(input: [2, 32, 8, 5], kernel: (1, 1), stride: (3, 2)),
    Case(input: [2, 3, 4, 4], kernel: (7, 7), padding: Padding(3)),
    // Windows that move evenly, in rows that four neighbours do not fill.
    Case(input: [2, 18, 9, 13], kernel: (3, 3), padding: Padding(1)),
    Case(input: [1, 33, 11, 15], kernel: (5, 5), stride: (2, 2), padding: Padding(2)),
    Case(input: [1, 16, 10, 2], kernel: (5, 5), padding: Padding(top: 1, left: 3, bottom: 2, right: 4)),
    Case(input: [1, 7, 8, 9], kernel: (3, 3), stride: (2, 2), padding: Padding(top: 0, left: 2, bottom: 1, right: 0)),
    Case(input: [0, 3, 4, 4], kernel: (3, 3), padding: Padding(1)),
  ]

  @Test(arguments: cases) func `Agrees with im2col and the definition`(_ test: Case) throws {
    let (fast, plain) = (ExecutionContext(threads: 2), ExecutionContext(threads: 2, engine: .im2col))
    let (convolution, x) = (test.convolution, test.tensor)
    let y = convolution.forward([x], fast)
    expectClose(y, convolution.forward([x], plain), tolerance: 1e-6, "forward")
    var window = NaiveReference.Window(
      kernel: test.kernel, stride: test.stride, test.padding, dilation: test.dilation)
    window.groups = test.input[1]
    let oracle = NaiveReference.convolution(
      NaiveTensor(x), weight: NaiveTensor(convolution.weight.tensor),
      bias: convolution.bias?.logical().map(Double.init),
      window,
      output: y.shape.dimensions)
    expectClose(y, oracle.tensor, tolerance: 1e-6, "forward")
    let gradients = [fast, plain].map { convolution.gradients([x], y, $0)[0] }
    expectClose(try #require(gradients[0]), try #require(gradients[1]), tolerance: 1e-6, "gradient")
  }

  @Test(arguments: cases, VectorKernels.available.indices)
  func `Agrees at every vector level`(_ test: Case, _ level: Int) throws {
    let context = ExecutionContext(threads: 2, kernels: VectorKernels.available[level])
    let plain = ExecutionContext(threads: 1, engine: .im2col)
    let (convolution, x) = (test.convolution, test.tensor)
    let y = convolution.forward([x], plain)
    expectClose(convolution.forward([x], context), y, tolerance: 1e-6, "forward")
    let gradients = [context, plain].map { convolution.gradients([x], y, $0)[0] }
    expectClose(try #require(gradients[0]), try #require(gradients[1]), tolerance: 1e-6, "gradient")
  }

  @Test func `Finishes with the epilogue`() {
    let test = Self.cases[2]
    let (convolution, x) = (test.convolution, test.tensor)
    let contexts = [ExecutionContext(threads: 1), ExecutionContext(threads: 1, engine: .im2col)]
    let residual = convolution.forward([x], contexts[0])
    var random = SeededRandom(seed: 13)
    let scale = random.uniform(39)
    let results = contexts.map { context in
      scale.withUnsafeBufferPointer { scale in
        let epilogue = ConvolutionEpilogue(
          scale: scale.baseAddress, shift: convolution.bias?.elements, residual: residual.elements, activation: .relu)
        let algorithm: ConvolutionAlgorithm = context.engine == .im2col ? .im2col : .depthwise
        return convolution.run(x, algorithm, epilogue, context)
      }
    }
    expectClose(results[0], results[1], tolerance: 1e-6)
  }
}
