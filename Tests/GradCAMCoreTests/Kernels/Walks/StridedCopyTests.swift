import TestSupport
import Testing

@testable import GradCAMCore

/// Copies that are large enough to be shared out among threads.
@Suite struct StridedCopyTests {
  static let shape = [3, 67, 179]
  static let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

  static let input: Tensor = {
    var random = SeededRandom(seed: 3)
    return Tensor(random.uniform(shape.reduce(1, *)), Shape(shape))
  }()

  @Test(arguments: permutations) func `Copies alike`(_ permutation: [Int]) {
    let transpose = Transpose(permutation)
    let found = transpose.forward([Self.input], ExecutionContext(threads: 3))
    expectSameBytes(found, transpose.forward([Self.input], ExecutionContext(threads: 1)))
    expectSameBytes(found, NaiveReference.transpose(NaiveTensor(Self.input), permutation).tensor)
  }

  @Test(arguments: [[1, 1, 1], [3, 1, 1], [1, 67, 1], [1, 1, 179], [3, 67, 1], [3, 1, 179]])
  func `Sums alike`(_ small: [Int]) throws {
    let expand = Expand(Self.shape)
    let input = Tensor(repeating: 1, Shape(small))
    let sums = try [1, 3].map { threads in
      try #require(expand.gradients([input], Self.input, ExecutionContext(threads: threads))[0])
    }
    expectSameBytes(sums[1], sums[0])
    var expected = [Double](repeating: 0, count: sums[0].count)
    for (index, value) in zip(NaiveTensor.indices(Self.shape), Self.input.logical()) {
      let place = zip(index, small).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
      expected[place] += Double(value)
    }
    expectClose(sums[0].logical(), expected.map { Float($0) }, tolerance: 1e-4)
  }
}
