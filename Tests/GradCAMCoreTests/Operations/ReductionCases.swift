import Glibc
import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let reductions: [OpCase] = means + others + indices

  /// The ways that axes lie in memory.
  private static let means: [OpCase] = [
    ("positions", [2, 5, 4, 3], [2, 3], true, [2, 5, 1, 1]),
    ("positions away", [2, 5, 4, 3], [-1, -2], false, [2, 5]),
    ("positions of many channels", [1, 70, 3, 2], [2, 3], true, [1, 70, 1, 1]),
    ("channels", [2, 5, 4, 3], [1], true, [2, 1, 4, 3]),
    ("channels away", [2, 5, 4, 3], [1], false, [2, 4, 3]),
    ("rows", [2, 5, 4, 3], [2], true, [2, 5, 1, 3]),
    ("rows away", [2, 5, 4, 3], [2], false, [2, 5, 3]),
    ("columns away", [2, 5, 4, 3], [3], false, [2, 5, 4]),
    ("channels and columns", [2, 5, 4, 3], [3, 1], true, [2, 1, 4, 1]),
    ("all of each image", [2, 5, 4, 3], [1, 2, 3], false, [2]),
    ("over the batch", [2, 5, 4, 3], [0], false, [5, 4, 3]),
    ("positions over the batch", [2, 5, 4, 3], [0, 2, 3], true, [1, 5, 1, 1]),
    ("everything over the batch", [2, 5, 4, 3], nil, false, []),
    ("nothing", [2, 5, 4, 3], [], true, [2, 5, 4, 3]),
    ("long vectors", [3, 71], [1], true, [3, 1]),
    ("one axis", [37], [0], false, []),
    ("rank 3", [2, 5, 4], [1], false, [2, 4]),
    ("rank 5 to feature maps", [2, 3, 2, 4, 3], [2], false, [2, 3, 4, 3]),
    ("rank 5, apart", [2, 3, 2, 4, 3], [1, 3], true, [2, 1, 2, 1, 3]),
  ].map { name, input, axes, keeps, output in
    reduction("mean \(name)", ReduceMean.init, input, axes, keeps, output) { $0.reduce(0, +) / Double($0.count) }
  }

  private static let others: [OpCase] = [
    reduction("sum", ReduceSum.init, [2, 5, 4, 3], [2, 3], false, [2, 5]) { $0.reduce(0, +) },
    reduction("sum of channels", ReduceSum.init, [2, 5, 4, 3], [1], true, [2, 1, 4, 3]) { $0.reduce(0, +) },
    reduction("amax", { ReduceMax(reduced: $0) }, [2, 5, 4, 3], [2, 3], true, [2, 5, 1, 1]) { $0.max() ?? .nan },
    reduction("amax of rows", { ReduceMax(reduced: $0) }, [2, 37], [1], false, [2]) { $0.max() ?? .nan },
    reduction("amin", { ReduceMin(reduced: $0) }, [2, 5, 4, 3], [1], false, [2, 4, 3]) { $0.min() ?? .nan },
    reduction("L1", ReduceL1.init, [2, 5, 4, 3], [1, 2], true, [2, 1, 1, 3]) { $0.reduce(0) { $0 + abs($1) } },
    reduction("L2", ReduceL2.init, [2, 5, 4, 3], [2, 3], true, [2, 5, 1, 1]) {
      $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
    },
    reduction("L2 of rank 3", ReduceL2.init, [2, 5, 4], [-1], false, [2, 5]) {
      $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
    },
    reduction("square sum", ReduceSumSquare.init, [2, 5, 4], [1], true, [2, 1, 4]) { $0.reduce(0) { $0 + $1 * $1 } },
    reduction("logsumexp", ReduceLogSumExp.init, [2, 5, 3, 2], [1], true, [2, 1, 3, 2]) {
      log($0.reduce(0) { $0 + exp($1) })
    },
    reduction("prod", ReduceProd.init, [2, 3, 2, 2], [1, 3], false, [2, 2]) { $0.reduce(1, *) },
  ]

  private static let indices: [OpCase] = [
    argMax("of classes", [3, 7], axis: -1, keeps: false, [3]),
    argMax("of channels", [2, 5, 3, 4], axis: 1, keeps: true, [2, 1, 3, 4]),
    argMax("of channels away", [2, 5, 3, 4], axis: 1, keeps: false, [2, 3, 4]),
    argMax("of rows away", [2, 5, 3, 4], axis: 2, keeps: false, [2, 5, 4]),
  ]

  private static func reduction(
    _ name: String, _ make: (ReducedAxes) -> any GradCAMCore.Operation, _ input: [Int], _ axes: [Int]?, _ keeps: Bool,
    _ output: [Int], _ function: @escaping @Sendable ([Double]) -> Double
  ) -> OpCase {
    let places = axes.map { $0.map { $0 < 0 ? $0 + input.count : $0 } } ?? Array(input.indices)
    return OpCase(
      name: "reduction: \(name)", operation: make(ReducedAxes(axes, keepsDimensions: keeps)), inputs: [Shape(input)],
      output: Shape(output), isSpaced: true, step: 0.01
    ) { NaiveReference.reduce($0[0], axes: places, keepsDimensions: keeps, function) }
  }

  private static func argMax(_ name: String, _ input: [Int], axis: Int, keeps: Bool, _ output: [Int]) -> OpCase {
    OpCase(
      name: "argmax \(name)", operation: ArgMax(axis: axis, keepsDimensions: keeps), inputs: [Shape(input)],
      output: Shape(output), isSpaced: true, step: 0.01
    ) {
      NaiveReference.reduce($0[0], axes: [axis < 0 ? axis + input.count : axis], keepsDimensions: keeps) { values in
        Double(values.firstIndex(of: values.max() ?? 0) ?? -1)
      }
    }
  }
}
