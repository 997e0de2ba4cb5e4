import Glibc
import TestSupport

@testable import GradCAMCore

/// Functions of one number, remainders, and norms without a mean.
extension OpCase {
  static let functions: [OpCase] = [
    function("sin", Sin(), [2, 3, 4, 5]) { sin($0) },
    function("cos", Cos(), [2, 3, 7]) { cos($0) },
    function("tan", Tan(), [2, 3, 4, 5]) { tan($0) },
    function("sinh", Sinh(), [2, 3, 7]) { sinh($0) },
    function("cosh", Cosh(), [2, 3, 4, 5]) { cosh($0) },
    function("asin", Asin(), [2, 3, 7], scale: 0.8) { asin($0) },
    function("acos", Acos(), [2, 3, 4, 5], scale: 0.8) { acos($0) },
    function("atan", Atan(), [2, 3, 7]) { atan($0) },
    function("asinh", Asinh(), [2, 3, 4, 5]) { asinh($0) },
    function("acosh", Acosh(), [2, 3, 7], scale: 0.4, shift: 2) { acosh($0) },
    function("atanh", Atanh(), [2, 3, 4, 5], scale: 0.8) { atanh($0) },
    function("swish", Swish(alpha: 1.7), [2, 3, 4, 5]) { $0 / (1 + exp(-1.7 * $0)) },
    function("shrink", Shrink(lambda: 0.4, bias: 0.1), [2, 3, 7]) { x in
      abs(x) > 0.4 ? x - (x > 0 ? 0.1 : -0.1) : 0
    },
    function("isnan", IsNaN(), [3, 4]) { _ in 0 },
    function("isinf", IsInf(), [3, 4]) { _ in 0 },
    remainder("remainder", Remainder()) { $0 - ($0 / $1).rounded(.down) * $1 },
    remainder("fmod", FMod()) { fmod($0, $1) },
    rms("RMSNorm", RMSNorm(weight: Tensor([0.5, -1, 2, 0.1], Shape(4)), eps: 1e-3), [2, 3, 4], axes: [2]) {
      [0.5, -1, 2, 0.1][$0[2]]
    },
    rms("RMSNorm, maps", RMSNorm(start: 2, eps: 1e-2), [2, 3, 4, 5], axes: [2, 3]) { _ in 1 },
    rms("RMSNorm, all but the batch", RMSNorm(start: 1), [2, 3, 5], axes: [1, 2]) { _ in 1 },
  ]

  private static func function(
    _ name: String, _ operation: any GradCAMCore.Operation, _ shape: [Int], scale: Float = 1, shift: Float = 0,
    _ function: @escaping @Sendable (Double) -> Double
  ) -> OpCase {
    // Inputs lie between −1 and 1; a step in front takes them where the function has values.
    let isMoved = scale != 1 || shift != 0
    return OpCase(
      name: name, operation: isMoved ? Moved(operation: operation, scale: scale, shift: shift) : operation,
      inputs: [Shape(shape)], output: Shape(shape), isSpaced: name == "shrink", step: 0.01
    ) { $0[0].map { function($0 * Double(scale) + Double(shift)) } }
  }

  private static func remainder(
    _ name: String, _ operation: any GradCAMCore.Operation, _ function: @escaping @Sendable (Double, Double) -> Double
  ) -> OpCase {
    OpCase(
      name: name, operation: operation, inputs: [Shape(2, 3, 5, 4), Shape(2, 3, 5, 4)], output: Shape(2, 3, 5, 4),
      isPositive: true, step: 0.002
    ) { NaiveReference.elementwise($0) { function($0[0], $0[1]) } }
  }

  private static func rms(
    _ name: String, _ operation: RMSNorm, _ shape: [Int], axes: [Int],
    weight: @escaping @Sendable ([Int]) -> Double
  ) -> OpCase {
    OpCase(
      name: name, operation: operation, inputs: [Shape(shape)], output: Shape(shape), step: 0.01
    ) { x in
      let means = NaiveReference.reduce(x[0], axes: axes) { $0.reduce(0) { $0 + $1 * $1 } / Double($0.count) }
      return NaiveTensor(shape) { index in
        let mean = means[index.indices.map { axes.contains($0) ? 0 : index[$0] }]
        return x[0][index] / (mean + operation.eps).squareRoot() * weight(index)
      }
    }
  }
}

/// A function of scale·x + shift.
private struct Moved: ElementwiseUnary {
  let operation: any ElementwiseUnary
  let scale: Float
  let shift: Float
  var kind: String { operation.kind }
  var keeps: Kept { .inputs }

  init(operation: any GradCAMCore.Operation, scale: Float, shift: Float) {
    guard let function = operation as? any ElementwiseUnary else { preconditionFailure("no function") }
    (self.operation, self.scale, self.shift) = (function, scale, shift)
  }

  func value(_ x: Float) -> Float { operation.value(x * scale + shift) }
  func slope(_ x: Float) -> Float { operation.slope(x * scale + shift) * scale }
}
