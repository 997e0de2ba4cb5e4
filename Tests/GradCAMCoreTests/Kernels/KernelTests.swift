import CKernels
import TestSupport
import Testing

@testable import GradCAMCore

/// Kernels in C at every vector level, and what they rest on.
@Suite struct KernelTests {
  static let activations: [(any VectorActivation & ElementwiseUnary, String)] = [
    (ReLU(), "relu"), (Clip.relu6, "relu6"), (HardSwish(), "hardswish"), (HardSigmoid(), "hardsigmoid"),
    (Sigmoid(), "sigmoid"), (SiLU(), "silu"), (GELU(), "gelu"), (GELU(approximate: .tanh), "gelu by tanh"),
    (Erf(), "erf"), (Tanh(), "tanh"), (StarReLU(scale: 0.9, bias: -0.3), "star relu"),
  ]

  @Test(arguments: VectorKernels.available.indices, activations.indices)
  func `Activates as the operation says`(_ level: Int, _ index: Int) {
    let (operation, name) = Self.activations[index]
    var random = SeededRandom(seed: 31)
    // Every length of the part that does not fill a vector.
    for count in 1...35 {
      let values = random.uniform(count).map { $0 * 12 }
      let context = ExecutionContext(threads: 1, kernels: VectorKernels.available[level])
      let found = operation.forward([Tensor(values, Shape(count))], context).logical()
      expectClose(found, values.map { operation.value($0) }, tolerance: 3e-7, "\(name) of \(count)")
    }
  }

  @Test(arguments: VectorKernels.available.indices, activations.indices)
  func `Keeps NaN and infinity`(_ level: Int, _ index: Int) {
    let (operation, name) = Self.activations[index]
    let context = ExecutionContext(threads: 1, kernels: VectorKernels.available[level])
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 100, -100]
    let found = operation.forward([Tensor(special, Shape(special.count))], context).logical()
    for (x, y) in zip(special, found) {
      let expected = operation.value(x)
      #expect(y.isNaN == expected.isNaN, "\(name) of \(x) is \(y)")
      #expect(
        y.isNaN || y == expected || abs(y - expected) <= 1e-6 * max(1, abs(expected)),
        "\(name) of \(x) is \(y), not \(expected)")
    }
  }

  @Test(arguments: VectorKernels.available.indices) func `Pools the largest and lets NaN win`(_ level: Int) {
    let context = ExecutionContext(threads: 2, kernels: VectorKernels.available[level])
    var random = SeededRandom(seed: 32)
    for channels in [1, 5, 16, 21, 40] {
      var values = random.uniform(2 * channels * 7 * 9)
      values[3] = .nan
      values[70] = -.infinity
      let x = Tensor(values, Shape(2, channels, 7, 9))
      let pool = MaxPool2d(kernel: (3, 2), stride: (2, 1), padding: Padding(1), dilation: (1, 2))
      let y = pool.forward([x], context)
      let window = NaiveReference.Window(kernel: (3, 2), stride: (2, 1), Padding(1), dilation: (1, 2))
      let oracle = NaiveReference.maxPool(NaiveTensor(x), window, output: y.shape.dimensions)
      expectClose(y, oracle.tensor, tolerance: 0, "\(channels) channels")
    }
  }

  @Test(arguments: VectorKernels.available.indices, [1, 3])
  func `Resizes pixels to the byte`(_ level: Int, _ channels: Int) {
    let kernels = VectorKernels.available[level].functions
    var random = SeededRandom(seed: 35)
    // Weights of every length, some negative, and sums beyond both ends of the scale.
    for taps in 1...9 {
      let (length, width, stride) = (11, 40, taps % 2 == 0 ? taps : (taps + 3) / 4 * 4)
      // More rows than any level resizes at once, and one that is left over.
      let (height, samples) = (9, width * channels)
      let picture = (0..<height * samples).map { _ in UInt8.random(in: 0...255, using: &random) }
      let firsts = (0..<length).map { _ in Int.random(in: 0...width - taps, using: &random) }
      let weights = (0..<length * stride).map { index in
        index % stride < taps ? Int32.random(in: -1 << 18...1 << 19, using: &random) : 0
      }
      func sum(_ weights: ArraySlice<Int32>, _ sample: (Int) -> UInt8) -> UInt8 {
        let sum = weights.prefix(taps).enumerated().reduce(Int32(1 << 21)) {
          $0 + $1.element * Int32(sample($1.offset))
        }
        return UInt8(min(max(sum >> 22, 0), 255))
      }
      var (found, added) = ([UInt8](repeating: 0, count: height * length * channels), [UInt8](repeating: 0, count: 137))
      var axis = gradcam_axis()
      let counts = [Int](repeating: taps, count: length)
      firsts.withUnsafeBufferPointer { firsts in
        counts.withUnsafeBufferPointer { counts in
          weights.withUnsafeBufferPointer { weights in
            axis = gradcam_axis(
              firsts: firsts.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress, stride: stride,
              length: length)
            kernels.resample_rows(picture, samples, height, picture.count, &axis, Int32(channels), &found)
          }
        }
      }
      let expected = (0..<height * length * channels).map { index in
        let (row, x) = (index / (length * channels), index / channels % length)
        return sum(weights[(x * stride)...]) { picture[row * samples + (firsts[x] + $0) * channels + index % channels] }
      }
      #expect(found == expected, "\(taps) taps")
      for length in [7, 37, 137] {
        let rows = (0..<length * taps).map { _ in UInt8.random(in: 0...255, using: &random) }
        kernels.add_rows(rows, length, weights, taps, &added)
        let sums = (0..<length).map { x in sum(weights[...]) { rows[$0 * length + x] } }
        #expect(Array(added.prefix(length)) == sums, "\(taps) rows of \(length)")
      }
    }
  }

  /// Products that are cut along the inner dimension, since they are more than one call multiplies in place.
  @Test(arguments: [(1, 64, 20_000), (3, 5, 7), (64, 64, 600), (130, 33, 500), (17, 64, 1)])
  func `Multiplies panels`(_ m: Int, _ n: Int, _ k: Int) {
    var random = SeededRandom(seed: 33)
    let (a, b) = (random.uniform(m * k), random.uniform(k * n))
    var c = [Float](repeating: .nan, count: m * n)
    c.withUnsafeMutableBufferPointer { c in
      guard let base = c.baseAddress else { return }
      PackedMatrix.multiply(m: m, n: n, k: k, a, lda: k, b, base, ldc: n)
    }
    let expected = (0..<m * n).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: n)
      return Float((0..<k).reduce(0.0) { $0 + Double(a[row * k + $1]) * Double(b[$1 * n + column]) })
    }
    expectClose(c, expected, tolerance: 2e-6)
  }

  @Test func `Gates channels as broadcasting does`() {
    var random = SeededRandom(seed: 34)
    let (x, gate) = (
      Tensor(random.uniform(2 * 19 * 5 * 3), Shape(2, 19, 5, 3)), Tensor(random.uniform(38), Shape(2, 19, 1, 1))
    )
    let context = ExecutionContext(threads: 2)
    let expected = Broadcast.map(x, gate, to: x.shape, threads: .one) { $0 * $1 }
    expectSameBytes(Mul().forward([x, gate], context), expected)
    expectSameBytes(Mul().forward([gate, x], context), expected)
  }

  /// By one factor for each channel of a map, or each place of the last axis; along another axis of the same size they are others.
  @Test(arguments: VectorKernels.available.indices) func `Scales runs as broadcasting does`(_ level: Int) {
    var random = SeededRandom(seed: 36)
    let context = ExecutionContext(threads: 2, kernels: VectorKernels.available[level])
    let cases: [([Int], [Int])] = [
      ([3, 5, 19], [19]), ([19, 19], [19]), ([19, 19], [19, 1]), ([2, 19, 3, 19], [19, 1, 1]),
      ([2, 19, 3, 19], [1, 1, 1, 19]), ([2, 19, 3, 19], [19]), ([37], [37]), ([1, 2, 3, 2, 35], [1, 35]),
    ]
    for (shape, factorShape) in cases {
      let x = Tensor(random.uniform(Shape(shape).count), Shape(shape))
      let factors = Tensor(random.uniform(Shape(factorShape).count), Shape(factorShape))
      let expected = Broadcast.map(x, factors, to: x.shape, threads: .one) { $0 * $1 }
      expectSameBytes(Mul().forward([x, factors], context), expected, "\(shape) by \(factorShape)")
      expectSameBytes(Mul().forward([factors, x], context), expected, "\(shape) by \(factorShape)")
    }
  }
}
