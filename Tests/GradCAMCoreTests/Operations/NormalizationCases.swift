import Glibc
import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let normalizations: [OpCase] = [
    batchNorm("of vectors", [3, 5]),
    batchNorm("of rank 3", [2, 5, 7]),
    batchNorm("of rank 5", [2, 5, 2, 1, 3]),
    group("InstanceNorm2d", [2, 5, 4, 3], groups: 5) { InstanceNorm2d(weight: $0, bias: $1, eps: 1e-3) },
    group("InstanceNorm2d, many channels", [1, 70, 3, 2], groups: 70) {
      InstanceNorm2d(weight: $0, bias: $1, eps: 1e-3)
    },
    group("InstanceNorm2d of rank 3", [2, 3, 7], groups: 3) { InstanceNorm2d(weight: $0, bias: $1, eps: 1e-3) },
    group("InstanceNorm2d of rank 5", [2, 2, 3, 1, 2], groups: 2) { InstanceNorm2d(weight: $0, bias: $1, eps: 1e-3) },
    group("GroupNorm", [2, 6, 4, 3], groups: 2) { GroupNorm(groups: 2, weight: $0, bias: $1, eps: 1e-3) },
    group("GroupNorm of one group", [2, 6, 3, 3], groups: 1) { GroupNorm(groups: 1, weight: $0, bias: $1, eps: 1e-3) },
    group("GroupNorm of vectors", [3, 18], groups: 3) { GroupNorm(groups: 3, weight: $0, bias: $1, eps: 1e-3) },
    group("GroupNorm of rank 3", [2, 4, 5], groups: 2) { GroupNorm(groups: 2, weight: $0, bias: $1, eps: 1e-3) },
    layer("of rank 3", [2, 4, 7], start: -1, weight: [7]),
    layer("of vectors", [3, 7], start: 1, weight: [7]),
    layer("of one axis", [29], start: 0, weight: [29]),
    layer("of columns", [2, 3, 4, 5], start: 3, weight: [5]),
    layer("of rows and columns", [2, 3, 4, 5], start: -2, weight: [4, 5]),
    layer("of everything but the batch", [2, 3, 4, 5], start: 1, weight: [3, 4, 5]),
    layer("of long rows", [2, 2, 67], start: 2, weight: [67]),
    layer("of rank 5", [2, 2, 3, 2, 4], start: 3, weight: [2, 4]),
    layer("with weights by row and column", [2, 4, 7], start: -1, weight: [4, 7]),
    layer("with weights by row", [2, 5, 5], start: -1, weight: [5, 1]),
    layer("with one weight", [3, 7], start: -1, weight: [1]),
    layer("of columns beside many channels", [2, 19, 2, 3], start: 3, weight: [3]),
    channels("of feature maps", [2, 6, 3, 4]),
    channels("of rank 3", [2, 6, 5]),
    lrn("", [2, 7, 3, 4], 5),
    lrn(" of an even size", [2, 5, 3, 2], 4),
    lrn(" wider than the channels", [1, 3, 4, 2], 9),
    lrn(" of rank 3", [2, 5, 4], 3),
    lrn(" of rank 5", [2, 4, 2, 1, 3], 2),
    normalize("by L2", .l2, [3, 7], axis: -1),
    normalize("channels by L2", .l2, [2, 5, 3, 4], axis: 1),
    normalize("channels by L1", .l1, [2, 5, 3, 4], axis: 1),
    normalize("rows by L1", .l1, [2, 5, 3], axis: -2),
  ]

  private static func batchNorm(_ name: String, _ input: [Int]) -> OpCase {
    var random = SeededRandom(seed: 6)
    let (weight, bias, mean) = (random.uniform(input[1]), random.uniform(input[1]), random.uniform(input[1]))
    let variance = random.uniform(input[1]).map { $0 * $0 + 0.1 }
    let operation = BatchNorm2d(weight: weight, bias: bias, runningMean: mean, runningVar: variance, eps: 1e-3)
    return OpCase(name: "BatchNorm2d \(name)", operation: operation, inputs: [Shape(input)], output: Shape(input)) {
      NaiveReference.batchNorm($0[0], weight: weight, bias: bias, mean: mean, variance: variance, eps: 1e-3)
    }
  }

  private static func group(
    _ name: String, _ input: [Int], groups: Int, _ operation: ([Float], [Float]) -> any GradCAMCore.Operation
  ) -> OpCase {
    var random = SeededRandom(seed: 8)
    let (weight, bias) = (random.uniform(input[1]), random.uniform(input[1]))
    let size = input[1] / groups
    return OpCase(
      name: name, operation: operation(weight, bias), inputs: [Shape(input)], output: Shape(input), isSpaced: true,
      step: 0.02
    ) {
      let normal = NaiveReference.standardize($0[0], eps: 1e-3) { [$0[0], $0[1] / size] }
      return NaiveTensor(input) { normal[$0] * Double(weight[$0[1]]) + Double(bias[$0[1]]) }
    }
  }

  private static func layer(_ name: String, _ input: [Int], start: Int, weight shape: [Int]) -> OpCase {
    var random = SeededRandom(seed: 9)
    let weight = Tensor(random.uniform(Shape(shape).count), Shape(shape))
    let bias = Tensor(random.uniform(Shape(shape).count), Shape(shape))
    let first = start < 0 ? start + input.count : start
    return OpCase(
      name: "LayerNorm \(name)", operation: LayerNorm(start: start, weight: weight, bias: bias, eps: 1e-3),
      inputs: [Shape(input)], output: Shape(input), isSpaced: true, step: 0.02
    ) {
      let normal = NaiveReference.standardize($0[0], eps: 1e-3) { Array($0[..<first]) }
      return NaiveReference.elementwise([normal, NaiveTensor(weight), NaiveTensor(bias)]) { $0[0] * $0[1] + $0[2] }
    }
  }

  private static func channels(_ name: String, _ input: [Int]) -> OpCase {
    var random = SeededRandom(seed: 10)
    let (weight, bias) = (random.uniform(input[1]), random.uniform(input[1]))
    return OpCase(
      name: "LayerNorm over channels \(name)", operation: LayerNorm(overChannels: weight, bias: bias, eps: 1e-3),
      inputs: [Shape(input)], output: Shape(input), isSpaced: true, step: 0.02
    ) {
      let normal = NaiveReference.standardize($0[0], eps: 1e-3) { [$0[0]] + $0[2...] }
      return NaiveTensor(input) { normal[$0] * Double(weight[$0[1]]) + Double(bias[$0[1]]) }
    }
  }

  private static func lrn(_ name: String, _ input: [Int], _ size: Int) -> OpCase {
    OpCase(
      name: "LocalResponseNorm\(name)", operation: LocalResponseNorm(size: size, alpha: 0.3, beta: 0.75, bias: 1.5),
      inputs: [Shape(input)], output: Shape(input), isSpaced: true, step: 0.01
    ) { x in
      NaiveTensor(input) { index in
        let first = index[1] - (size - 1) / 2
        let squares = (first..<first + size).filter { (0..<input[1]).contains($0) }.map { c in
          var neighbour = index
          neighbour[1] = c
          return x[0][neighbour] * x[0][neighbour]
        }
        return x[0][index] / pow(1.5 + 0.3 / Double(size) * squares.reduce(0, +), 0.75)
      }
    }
  }

  private static func normalize(_ name: String, _ norm: LpNormalization.Norm, _ input: [Int], axis: Int) -> OpCase {
    OpCase(
      name: "normalize \(name)", operation: LpNormalization(norm: norm, axis: axis), inputs: [Shape(input)],
      output: Shape(input), isSpaced: true, step: 0.01
    ) { x in
      let length = NaiveReference.reduce(x[0], axes: [axis < 0 ? axis + input.count : axis]) { values in
        norm == .l1 ? values.reduce(0) { $0 + abs($1) } : values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      return NaiveReference.elementwise([x[0], length]) { $0[0] / $0[1] }
    }
  }
}
