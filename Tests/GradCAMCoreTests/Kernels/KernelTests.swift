import TestSupport
import Testing

@testable import GradCAMCore

/// Kernels in C at every vector level, and what they rest on.
@Suite struct KernelTests {
  static let activations: [(any VectorActivation & ElementwiseUnary, String)] = [
    (ReLU(), "relu"), (Clip.relu6, "relu6"), (HardSwish(), "hardswish"), (HardSigmoid(), "hardsigmoid"),
    (Sigmoid(), "sigmoid"), (SiLU(), "silu"),
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
}
