import Glibc
import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let arithmetic: [OpCase] = broadcasts + operators + comparisons + variadics

  /// The ways that two shapes meet, each with an operation whose gradient depends on both inputs.
  private static let broadcasts: [OpCase] = [
    ("one shape", [2, 3, 5, 4], [2, 3, 5, 4], [2, 3, 5, 4]),
    ("channels", [2, 3, 5, 4], [1, 3, 1, 1], [2, 3, 5, 4]),
    ("channels of rank 3", [2, 3, 5, 4], [3, 1, 1], [2, 3, 5, 4]),
    ("channels first", [3, 1, 1], [2, 3, 5, 4], [2, 3, 5, 4]),
    ("gates", [2, 3, 5, 4], [2, 3, 1, 1], [2, 3, 5, 4]),
    ("gates first", [2, 3, 1, 1], [2, 3, 5, 4], [2, 3, 5, 4]),
    ("positions", [2, 3, 5, 4], [2, 1, 5, 4], [2, 3, 5, 4]),
    ("rows", [2, 3, 5, 4], [5, 1], [2, 3, 5, 4]),
    ("columns", [2, 3, 5, 4], [4], [2, 3, 5, 4]),
    ("a map of rank 3", [2, 3, 5, 4], [3, 5, 4], [2, 3, 5, 4]),
    ("a number", [2, 3, 5, 4], [], [2, 3, 5, 4]),
    ("a number first", [1], [2, 3, 5, 4], [2, 3, 5, 4]),
    ("both", [2, 1, 5, 1], [3, 1, 4], [2, 3, 5, 4]),
    ("vectors", [3, 1], [1, 4], [3, 4]),
    ("one axis", [5], [1], [5]),
    ("numbers", [], [], []),
    ("rank 3", [2, 1, 4], [3, 1], [2, 3, 4]),
    ("rank 5 and feature maps", [2, 1, 3, 2, 3], [2, 3, 1, 3], [2, 2, 3, 2, 3]),
    ("rank 5 and one feature map", [2, 2, 3, 2, 2], [1, 3, 2, 2], [2, 2, 3, 2, 2]),
    ("many images of few channels", [3, 2, 1, 1], [1, 2, 7, 9], [3, 2, 7, 9]),
  ].map { name, a, b, output in
    binary("mul \(name)", Mul(), a, b, output) { $0 * $1 }
  }

  /// Large enough to be cut into parts that start within a run.
  private static let large = binary("mul large", Mul(), [1, 5, 83, 80], [1, 5, 1, 1], [1, 5, 83, 80]) { $0 * $1 }

  private static let operators: [OpCase] = [
    large,
    binary("add broadcast", Add(), [2, 3, 5, 4], [3, 1, 1], [2, 3, 5, 4]) { $0 + $1 },
    binary("add vectors", Add(), [3], [2, 1], [2, 3]) { $0 + $1 },
    binary("sub", Sub(), [2, 3, 5, 4], [2, 3, 5, 4], [2, 3, 5, 4]) { $0 - $1 },
    binary("sub broadcast", Sub(), [4], [2, 3, 5, 1], [2, 3, 5, 4]) { $0 - $1 },
    binary("div", Div(), [2, 3, 5, 4], [2, 3, 1, 1], [2, 3, 5, 4], isPositive: true) { $0 / $1 },
    binary("div first", Div(), [1], [2, 3, 4], [2, 3, 4], isPositive: true) { $0 / $1 },
    binary("pow", Pow(), [2, 3, 5, 4], [3, 1, 1], [2, 3, 5, 4], isPositive: true) { pow($0, $1) },
    binary("pow vectors", Pow(), [4, 1], [3], [4, 3], isPositive: true) { pow($0, $1) },
  ]

  private static let comparisons: [OpCase] = [
    comparison("eq", Equal()) { $0 == $1 },
    comparison("lt", Less()) { $0 < $1 },
    comparison("le", LessOrEqual()) { $0 <= $1 },
    comparison("gt", Greater()) { $0 > $1 },
    comparison("ge", GreaterOrEqual()) { $0 >= $1 },
    comparison("logical_and", And()) { $0 != 0 && $1 != 0 },
    comparison("logical_or", Or()) { $0 != 0 || $1 != 0 },
    comparison("logical_xor", Xor()) { ($0 != 0) != ($1 != 0) },
    variadic("where", Where(), [[2, 1, 5, 4], [2, 3, 5, 4], [3, 1, 1]], [2, 3, 5, 4]) { $0[0] != 0 ? $0[1] : $0[2] },
    variadic("where, vectors", Where(), [[5], [2, 5], []], [2, 5]) { $0[0] != 0 ? $0[1] : $0[2] },
  ]

  private static let variadics: [OpCase] = [
    variadic("sum of one", Sum(), [[2, 3, 5, 4]], [2, 3, 5, 4]) { $0[0] },
    variadic("sum of three", Sum(), [[3, 1, 1], [2, 3, 5, 4], [1]], [2, 3, 5, 4]) { $0.reduce(0, +) },
    variadic("mean of three", Mean(), [[2, 3, 4], [3, 1], [2, 3, 4]], [2, 3, 4]) { $0.reduce(0, +) / 3 },
    variadic("mean of feature maps", Mean(), [[2, 3, 5, 4], [2, 3, 5, 4]], [2, 3, 5, 4]) { $0.reduce(0, +) / 2 },
    variadic("maximum", Max(), [[2, 3, 5, 4], [2, 3, 5, 4]], [2, 3, 5, 4]) { $0.max() ?? .nan },
    variadic("maximum of three", Max(), [[3, 1, 1], [2, 3, 5, 4], [2, 3, 1, 1]], [2, 3, 5, 4]) { $0.max() ?? .nan },
    variadic("minimum", Min(), [[2, 3, 5, 4], [3, 5, 4]], [2, 3, 5, 4]) { $0.min() ?? .nan },
    variadic("minimum of one", Min(), [[7]], [7]) { $0.min() ?? .nan },
  ]

  private static func binary(
    _ name: String, _ operation: any GradCAMCore.Operation, _ a: [Int], _ b: [Int], _ output: [Int],
    isPositive: Bool = false, _ function: @escaping @Sendable (Double, Double) -> Double
  ) -> OpCase {
    OpCase(
      name: name, operation: operation, inputs: [Shape(a), Shape(b)], output: Shape(output), isPositive: isPositive,
      step: isPositive ? 0.01 : 0.25
    ) { NaiveReference.elementwise($0) { function($0[0], $0[1]) } }
  }

  private static func comparison(
    _ name: String, _ operation: any GradCAMCore.Operation, _ holds: @escaping @Sendable (Double, Double) -> Bool
  ) -> OpCase {
    variadic(name, operation, [[2, 3, 5, 4], [3, 5, 1]], [2, 3, 5, 4]) { holds($0[0], $0[1]) ? 1 : 0 }
  }

  private static func variadic(
    _ name: String, _ operation: any GradCAMCore.Operation, _ inputs: [[Int]], _ output: [Int],
    _ function: @escaping @Sendable ([Double]) -> Double
  ) -> OpCase {
    OpCase(
      name: name, operation: operation, inputs: inputs.map { Shape($0) }, output: Shape(output), isSpaced: true,
      step: 0.01
    ) { NaiveReference.elementwise($0, function) }
  }
}
