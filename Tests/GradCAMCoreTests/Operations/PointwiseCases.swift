import Glibc
import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let pointwise: [OpCase] = [
    OpCase(
      name: "ReLU", operation: ReLU(), inputs: [Shape(2, 3, 5, 4)], output: Shape(2, 3, 5, 4), isSpaced: true,
      step: 0.01
    ) { $0[0].map { max($0, 0) } },
    OpCase(
      name: "ReLU of vectors", operation: ReLU(), inputs: [Shape(3, 7)], output: Shape(3, 7), isSpaced: true,
      step: 0.01
    ) { $0[0].map { max($0, 0) } },
    OpCase(
      name: "LeakyReLU", operation: LeakyReLU(slope: 0.3), inputs: [Shape(2, 3, 4, 5)], output: Shape(2, 3, 4, 5),
      isSpaced: true, step: 0.01
    ) { $0[0].map { $0 > 0 ? $0 : 0.3 * $0 } },
    OpCase(
      name: "Sigmoid", operation: Sigmoid(), inputs: [Shape(2, 3, 2, 5)], output: Shape(2, 3, 2, 5), isSpaced: true,
      step: 0.03
    ) { $0[0].map { 1 / (1 + exp(-$0)) } },
    identity("Identity", Identity()),
    identity("Dropout", .dropout),
    OpCase(
      name: "add", operation: Add(), inputs: [Shape(2, 3, 5, 4), Shape(2, 3, 5, 4)], output: Shape(2, 3, 5, 4)
    ) { x in NaiveTensor(x[0].shape) { x[0][$0] + x[1][$0] } },
    batchNorm("BatchNorm2d", [3, 5, 4, 7]),
    batchNorm("BatchNorm2d, many positions", [2, 2, 35, 31]),
    softmax("Softmax of vectors", [3, 7], axis: 1),
    softmax("Softmax of vectors, last axis", [3, 7], axis: -1),
    softmax("Softmax over the batch", [4, 3], axis: 0),
    softmax("Softmax of one axis", [6], axis: 0),
    softmax("Softmax, rank 3, middle axis", [2, 4, 3], axis: 1),
    softmax("Softmax over channels", [2, 5, 3, 2], axis: 1),
    softmax("Softmax over rows", [2, 3, 5, 2], axis: 2),
    softmax("Softmax over columns", [2, 3, 2, 5], axis: -1),
    softmax("Softmax over images", [3, 2, 2, 3], axis: 0),
    softmax("Softmax, rank 5", [2, 3, 2, 2, 3], axis: 2),
  ]

  private static func identity(_ name: String, _ operation: Identity) -> OpCase {
    OpCase(name: name, operation: operation, inputs: [Shape(2, 3, 3, 5)], output: Shape(2, 3, 3, 5)) { $0[0] }
  }

  private static func batchNorm(_ name: String, _ input: [Int]) -> OpCase {
    var random = SeededRandom(seed: 5)
    let (weight, bias, mean) = (random.uniform(input[1]), random.uniform(input[1]), random.uniform(input[1]))
    let variance = random.uniform(input[1]).map { $0 * $0 + 0.1 }
    let operation = BatchNorm2d(weight: weight, bias: bias, runningMean: mean, runningVar: variance, eps: 1e-3)
    return OpCase(name: name, operation: operation, inputs: [Shape(input)], output: Shape(input)) {
      NaiveReference.batchNorm($0[0], weight: weight, bias: bias, mean: mean, variance: variance, eps: 1e-3)
    }
  }

  private static func softmax(_ name: String, _ shape: [Int], axis: Int) -> OpCase {
    OpCase(
      name: name, operation: Softmax(axis: axis), inputs: [Shape(shape)], output: Shape(shape), isSpaced: true,
      step: 0.03
    ) { NaiveReference.softmax($0[0], axis: axis < 0 ? axis + shape.count : axis) }
  }
}
