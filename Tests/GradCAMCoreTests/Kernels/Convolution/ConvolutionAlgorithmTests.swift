import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Every way to compute a convolution, against the definition in doubles and against each other.
@Suite struct ConvolutionAlgorithmTests {
  @Test(arguments: ConvolutionCase.all, VectorKernels.available.indices)
  func `Agrees with the definition`(_ test: ConvolutionCase, _ level: Int) {
    let context = ExecutionContext(threads: 2, kernels: VectorKernels.available[level])
    let (convolution, x) = (test.convolution, test.tensor)
    let expected = test.oracle(convolution.checkedShape(of: [x.shape]))
    for algorithm in test.algorithms {
      // The points of F(4×4, 3×3) are larger than what comes out of them, and so are their roundings.
      let tolerance = algorithm == .winograd(.f43) ? 2e-5 : 1e-6
      expectClose(convolution.run(x, algorithm, context), expected, tolerance: tolerance, algorithm.name)
    }
  }

  @Test(arguments: ConvolutionCase.all) func `Finishes as separate steps do`(_ test: ConvolutionCase) {
    let context = ExecutionContext(threads: 2)
    let (convolution, x) = (test.convolution, test.tensor)
    var random = SeededRandom(seed: 23)
    let scale = Tensor(random.uniform(test.k), Shape(test.k))
    let residual = Tensor(
      random.uniform(convolution.checkedShape(of: [x.shape]).count), convolution.checkedShape(of: [x.shape]))
    for algorithm in test.algorithms {
      let sums = convolution.run(x, algorithm, ConvolutionEpilogue(), context)
      let epilogue = ConvolutionEpilogue(
        scale: scale.elements, shift: convolution.bias?.elements, residual: residual.elements, activation: .relu)
      let apart = Tensor(sums.shape) { target in
        let norm = ConvolutionEpilogue(scale: scale.elements, shift: convolution.bias?.elements)
        norm.apply(sums.elements, to: target, rows: sums.count / test.k, channels: test.k, context.kernels)
      }
      let added = ReLU().forward([Add().forward([apart, residual], context)], context)
      expectSameBytes(convolution.run(x, algorithm, epilogue, context), added, algorithm.name)
    }
  }

  @Test(arguments: ConvolutionCase.all)
  func `Gives the same bytes from any number of threads`(_ test: ConvolutionCase) {
    let (convolution, x) = (test.convolution, test.tensor)
    for algorithm in test.algorithms {
      let one = convolution.run(x, algorithm, ExecutionContext(threads: 1))
      for threads in [2, 3] {
        expectSameBytes(convolution.run(x, algorithm, ExecutionContext(threads: threads)), one, algorithm.name)
      }
    }
  }

  @Test(arguments: ConvolutionCase.all, VectorKernels.available.indices)
  func `Goes back as the plain path does`(_ test: ConvolutionCase, _ level: Int) throws {
    let (convolution, x) = (test.convolution, test.tensor)
    var random = SeededRandom(seed: 24)
    let shape = convolution.checkedShape(of: [x.shape])
    let gradient = Tensor(random.uniform(shape.count), shape)
    let contexts = [
      ExecutionContext(threads: 2, kernels: VectorKernels.available[level]),
      ExecutionContext(threads: 1, engine: .im2col),
    ]
    let gradients = contexts.map { convolution.gradients([x], gradient, $0)[0] }
    expectClose(try #require(gradients[0]), try #require(gradients[1]), tolerance: 5e-6)
  }

  @Test func `Chooses by the shape`() {
    func choice(_ input: [Int], _ k: Int, stride: Int = 1, groups: Int = 1) -> ConvolutionAlgorithm {
      let test = ConvolutionCase(input: input, k: k, stride: (stride, stride), groups: groups)
      return .choose(test.geometry, .auto)
    }
    #expect(choice([1, 64, 56, 56], 64) == .winograd(.f43))
    // Few tiles would use every weight of F(4×4, 3×3) only a few times.
    #expect(choice([1, 512, 7, 7], 512) == .winograd(.f23))
    #expect(choice([1, 64, 56, 56], 128, stride: 2) == .winograd(.f22s2))
    #expect(choice([1, 512, 16, 16], 512) == .winograd(.f23))
    #expect(choice([9, 512, 16, 16], 512) == .winograd(.f23), "a batch is computed as its images are")
    #expect(choice([1, 1024, 8, 8], 1024) == .winograd(.f23))
    // A fifth less time is not worth 13 MB of transformed weights; it is worth 3 MB.
    #expect(choice([1, 256, 32, 32], 512, stride: 2) == .panels)
    #expect(choice([1, 128, 64, 64], 256, stride: 2) == .winograd(.f22s2))
    #expect(choice([1, 3, 224, 224], 64) == .direct)
    #expect(choice([1, 5, 24, 24], 7) == .panels)
    #expect(choice([1, 32, 14, 14], 32, groups: 32) == .depthwise)
    let case3x3 = ConvolutionCase(input: [1, 64, 56, 56], k: 64)
    #expect(ConvolutionAlgorithm.choose(case3x3.geometry, .im2col) == .im2col)
  }

  /// The demo model's own weights over what they really see: what is said of each algorithm's rounding rests on this.
  @Test func `Stays close to doubles on trained weights`() throws {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let file = try FileBytes(path: Fixture.repository.appending(FilePath("models/images/opacity-01.jpg")))
    let input = try model.preprocessor().apply(to: try ImageDecoder.decode(file).image).tensor
    let inputs = try convolutionInputs(model.graph, input)
    let context = ExecutionContext(threads: 2)
    var worst: [String: Double] = [:]
    for (convolution, x) in inputs where convolution.weight.shape.h == 3 {
      let geometry = convolution.geometry(x.shape, convolution.checkedShape(of: [x.shape]))
      let sums = SampledSums(convolution, x)
      let filtering = Winograd.allCases.filter { $0.suits(geometry) }.map(ConvolutionAlgorithm.winograd)
      for algorithm in [ConvolutionAlgorithm.im2col, .panels] + filtering
        + (DirectConvolution.suits(geometry) ? [.direct] : [])
      {
        let error = sums.error(of: convolution.run(x, algorithm, ConvolutionEpilogue(), context))
        worst[algorithm.name] = max(worst[algorithm.name] ?? 0, error)
      }
    }
    #expect(worst.count == 3 + Winograd.allCases.count)
    for (name, error) in worst.sorted(by: { $0.key < $1.key }) {
      print("worst error against doubles, trained weights: \(name) \(error)")
      #expect(error < 1e-5, "\(name)")
    }
  }

  /// Trained weights of more channels than the demo model has, over images, where the reference data are.
  @Test(.enabled(if: Fixture.reference != nil)) func `Stays close to doubles on another trained network`() throws {
    let reference = try #require(Fixture.reference)
    let model = try Model.load(reference.appending(FilePath("models/cifar10-resnet20.th")))
    let file = try FileBytes(path: reference.appending(FilePath("images/dog-and-cat.png")))
    let input = try model.preprocessor().apply(to: try ImageDecoder.decode(file).image).tensor
    let context = ExecutionContext(threads: 2)
    for (convolution, x) in try convolutionInputs(model.graph, input) {
      let geometry = convolution.geometry(x.shape, convolution.checkedShape(of: [x.shape]))
      let sums = SampledSums(convolution, x)
      for algorithm in ConvolutionAlgorithm.candidates(geometry) {
        let error = sums.error(of: convolution.run(x, algorithm, ConvolutionEpilogue(), context))
        #expect(error < 1e-5, "\(algorithm.name) over \(x.shape)")
      }
    }
  }

  /// A whole trained network: what comes out for an image does not depend on what else is in the batch.
  @Test func `Agrees across batch sizes`() throws {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let images = try (1...5).map { number in
      let path = FilePath("models/images/opacity-0\(number).jpg")
      let file = try FileBytes(path: Fixture.repository.appending(path))
      return try model.preprocessor().apply(to: try ImageDecoder.decode(file).image).tensor
    }
    func run(_ input: Tensor) throws -> [Tensor] {
      let session = Session(model.graph, threads: 2)
      var seen: [Tensor] = []
      _ = try session.registerForwardHook(model.defaultLayer) { _, _, output in
        seen.append(output)
        return nil
      }
      _ = try session.registerFullBackwardHook(model.defaultLayer) { _, _, gradients in
        seen.append(gradients[0])
        return nil
      }
      let output = try session.forward(input).logits
      try session.backward(Tensor(repeating: 1, try #require(output).shape), at: .logit)
      return seen + [try #require(output)]
    }
    let size = images[0].count
    let batch = try run(Tensor(images.flatMap { $0.logical() }, Shape(5, 3, 256, 256)))
    #expect(size == 3 * 256 * 256)
    for (index, image) in images.enumerated() {
      for (whole, single) in zip(batch, try run(image)) {
        let part = Array(whole.logical()[index * single.count..<(index + 1) * single.count])
        expectClose(part, single.logical(), tolerance: 1e-5, "image \(index), \(single.shape)")
      }
    }
  }

  /// Every convolution of a network with what comes into it.
  private func convolutionInputs(_ graph: Graph, _ input: Tensor) throws -> [(Conv2d, Tensor)] {
    let session = Session(graph, engine: .im2col)
    var found: [(Conv2d, Tensor)] = []
    for node in graph.nodes {
      guard let convolution = node.operation as? Conv2d else { continue }
      _ = try session.registerForwardHook(graph.modules[graph.calls[node.call].module].path) { _, inputs, _ in
        found.append((convolution, inputs[0]))
        return nil
      }
    }
    _ = try session.forward(input)
    return found
  }
}

/// Some of a convolution's sums, in doubles.
private struct SampledSums {
  private var places: [Int] = []
  private var values: [Double] = []

  init(_ convolution: Conv2d, _ x: Tensor) {
    let shape = convolution.checkedShape(of: [x.shape])
    let g = convolution.geometry(x.shape, shape)
    let (values, weights) = (x.logical(), convolution.weight.tensor.logical())
    var random = SeededRandom(seed: 25)
    for choice in random.uniform(400) {
      let place = Int((Double(choice) + 1) / 2 * Double(shape.count - 1))
      let (k, rest) = place.quotientAndRemainder(dividingBy: g.oh * g.ow)
      var sum = 0.0
      for c in 0..<g.c {
        for r in 0..<g.r {
          for s in 0..<g.s {
            let (iy, ix) = (rest / g.ow * g.stride.h + r - g.padding.top, rest % g.ow * g.stride.w + s - g.padding.left)
            guard iy >= 0, iy < g.h, ix >= 0, ix < g.w else { continue }
            let weight = Double(weights[((k * g.c + c) * g.r + r) * g.s + s])
            sum += weight * Double(values[(c * g.h + iy) * g.w + ix])
          }
        }
      }
      places.append(place)
      self.values.append(sum)
    }
  }

  /// The largest difference as a share of the tensor's largest magnitude.
  func error(of tensor: Tensor) -> Double {
    let found = tensor.logical()
    let largest = found.reduce(0) { max($0, abs(Double($1))) }
    return zip(places, values).reduce(0) { max($0, abs(Double(found[$1.0]) - $1.1)) } / largest
  }
}
