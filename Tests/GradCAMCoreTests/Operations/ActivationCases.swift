import Glibc
import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let activations: [OpCase] =
    [
      unary("ELU", ELU(alpha: 0.7), [2, 3, 4, 5]) { $0 > 0 ? $0 : 0.7 * (exp($0) - 1) },
      unary("SELU", SELU(), [2, 3, 5]) {
        1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (exp($0) - 1))
      },
      unary("CELU", CELU(alpha: 0.6), [3, 7]) { max($0, 0) + min(0, 0.6 * (exp($0 / 0.6) - 1)) },
      unary("ReLU6", Clip.relu6, [2, 3, 5, 12]) { min(max($0, 0), 6) },
      unary("Hardtanh", Clip(min: -0.4, max: 0.7), [3, 4, 5]) { min(max($0, -0.4), 0.7) },
      unary("Clip below", Clip(min: -0.4), [41]) { max($0, -0.4) },
      unary("Clip above", Clip(max: 0.3), [2, 1, 3, 2, 4]) { min($0, 0.3) },
      unary("Hardsigmoid", HardSigmoid(), [2, 3, 5, 7]) { min(max($0 / 6 + 0.5, 0), 1) },
      unary("Hardsigmoid, ONNX's", HardSigmoid(alpha: 0.2), [2, 75]) { min(max($0 * 0.2 + 0.5, 0), 1) },
      unary("Hardswish", HardSwish(), [2, 3, 5, 7]) { $0 * min(max($0 / 6 + 0.5, 0), 1) },
      unary("SiLU", SiLU(), [2, 3, 5, 4]) { $0 / (1 + exp(-$0)) },
      unary("Mish", Mish(), [2, 3, 5, 4]) { $0 * tanh(log(1 + exp($0))) },
      unary("Softplus", Softplus(), [3, 9]) { log(1 + exp($0)) },
      unary("Softplus, steep", Softplus(beta: 3, threshold: 2), [2, 9]) {
        3 * $0 > 2 ? $0 : log(1 + exp(3 * $0)) / 3
      },
      unary("Softsign", Softsign(), [2, 3, 1, 2, 3]) { $0 / (1 + abs($0)) },
      unary("Tanh", Tanh(), [2, 3, 5, 4]) { tanh($0) },
      unary("erf", Erf(), [2, 3, 7]) { erf($0) },
      unary("GELU", GELU(), [2, 3, 5, 4]) { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) },
      unary("GELU, tanh", GELU(approximate: .tanh), [2, 5, 4]) {
        $0 * 0.5 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      },
      unary("StarReLU", StarReLU(scale: 0.9, bias: -0.3), [2, 3, 5, 4]) { 0.9 * max($0, 0) * max($0, 0) - 0.3 },
      unary("squared ReLU", StarReLU(), [3, 11]) { max($0, 0) * max($0, 0) },
      unary("Threshold", Threshold(threshold: 0.3), [3, 11]) { $0 > 0.3 ? $0 : 0 },
      unary("Threshold, replaced", Threshold(threshold: -0.3, replacement: 2), [3, 11]) { $0 > -0.3 ? $0 : 2 },
      unary("neg", Neg(), [2, 3, 5, 4]) { -$0 },
      unary("abs", Abs(), [2, 3, 5, 4]) { abs($0) },
      unary("exp", Exp(), [2, 3, 5]) { exp($0) },
      unary("sqrt", Sqrt(), [2, 3, 5, 4], isPositive: true) { $0.squareRoot() },
      unary("log", Log(), [2, 7], isPositive: true) { log($0) },
      unary("reciprocal", Reciprocal(), [2, 3, 5, 4], isPositive: true) { 1 / $0 },
      unary("floor", Floor(), [2, 3, 5, 4]) { floor($0) },
      unary("ceil", Ceil(), [2, 3, 5, 4]) { ceil($0) },
      unary("round", Round(), [2, 3, 5, 4]) { rint($0) },
      unary("sign", Sign(), [2, 3, 5, 4]) { $0 > 0 ? 1 : -1 },
      unary("logical_not", Not(), [2, 9]) { $0 == 0 ? 1 : 0 },
      unary("to integer", Cast(target: .integer), [2, 3, 5, 4]) { trunc($0) },
      unary("to boolean", Cast(target: .boolean), [2, 9]) { $0 == 0 ? 0 : 1 },
    ] + slopes + logSoftmaxes

  /// - Parameter isPositive: whether the function has no value, or too steep a slope, left of 0.
  private static func unary(
    _ name: String, _ operation: any GradCAMCore.Operation, _ shape: [Int], isPositive: Bool = false,
    _ function: @escaping @Sendable (Double) -> Double
  ) -> OpCase {
    OpCase(
      name: name, operation: operation, inputs: [Shape(shape)], output: Shape(shape), isSpaced: !isPositive,
      isPositive: isPositive, step: 0.01
    ) { $0[0].map(function) }
  }

  private static let slopes: [OpCase] = [
    prelu("by channel", [2, 3, 4, 5], [0.3, -0.2, 1.5], [3, 1, 1]),
    prelu("of one slope", [2, 3, 5], [0.3], [1]),
    prelu("of vectors", [3, 2], [0.3, 0.6], [2]),
    prelu("of rank 5", [2, 3, 2, 1, 3], [0.3, 0.6, -1], [3, 1, 1, 1]),
    prelu("by column", [2, 2, 4, 3], [0.3, -0.2, 1.5], [3]),
  ]

  private static func prelu(_ name: String, _ shape: [Int], _ slopes: [Float], _ slopeShape: [Int]) -> OpCase {
    let operation = PReLU(slope: Tensor(slopes, Shape(slopeShape)))
    return OpCase(
      name: "PReLU \(name)", operation: operation, inputs: [Shape(shape)], output: Shape(shape), isSpaced: true,
      step: 0.01
    ) {
      NaiveReference.elementwise([$0[0], NaiveTensor(operation.slope)]) { $0[0] > 0 ? $0[0] : $0[0] * $0[1] }
    }
  }

  private static let logSoftmaxes: [OpCase] = [
    logSoftmax("of vectors", [3, 7], axis: -1),
    logSoftmax("over the batch", [4, 3], axis: 0),
    logSoftmax("of one axis", [6], axis: 0),
    logSoftmax("over channels", [2, 5, 3, 2], axis: 1),
    logSoftmax("over rows", [2, 3, 5, 2], axis: 2),
    logSoftmax("of rank 5", [2, 3, 2, 2, 3], axis: 2),
  ]

  private static func logSoftmax(_ name: String, _ shape: [Int], axis: Int) -> OpCase {
    OpCase(
      name: "LogSoftmax \(name)", operation: LogSoftmax(axis: axis), inputs: [Shape(shape)], output: Shape(shape),
      isSpaced: true, step: 0.03
    ) { NaiveReference.softmax($0[0], axis: axis < 0 ? axis + shape.count : axis).map { log($0) } }
  }
}
