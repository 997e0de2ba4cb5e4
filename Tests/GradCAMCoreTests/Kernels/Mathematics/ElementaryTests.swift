import Glibc
import TestSupport
import Testing

@testable import GradCAMCore

/// The kernels' elementary functions at every level, against double precision over all exponents.
@Suite struct ElementaryTests {
  struct Function: CustomTestStringConvertible {
    let name: String
    let operation: any VectorActivation
    let oracle: @Sendable (Double) -> Double
    /// The largest difference, as a share of the value, or of 1 or the argument where that is more.
    let relative: Double
    let absolute: Double

    var testDescription: String { name }
  }

  static let functions = [
    Function(name: "erf", operation: Erf(), oracle: { erf($0) }, relative: 1.5e-7, absolute: 1.2e-7),
    Function(name: "tanh", operation: Tanh(), oracle: { tanh($0) }, relative: 2.5e-7, absolute: 1.5e-7),
    Function(name: "sigmoid", operation: Sigmoid(), oracle: { 1 / (1 + exp(-$0)) }, relative: 3e-7, absolute: 1.5e-7),
    // The tail of a difference from 1: exact to the rounding of that, times the argument.
    Function(
      name: "GELU", operation: GELU(), oracle: { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) }, relative: .infinity,
      absolute: 1.2e-7),
    Function(
      name: "GELU by tanh", operation: GELU(approximate: .tanh),
      oracle: { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) },
      relative: .infinity, absolute: 1.5e-7),
  ]

  /// Both signs of 200 numbers from each power of two to the next, up to 2⁴⁰, beyond which nothing changes, and of the whole range
  /// more coarsely.
  private static let arguments: [Float] = {
    var random = SeededRandom(seed: 91)
    let sizes = (-126...40).flatMap { exponent in
      (0..<200).map { _ in Float(sign: .plus, exponent: exponent, significand: Float.random(in: 1..<2, using: &random))
      }
    }
    return (sizes + [0.625, 0.999_999_94, 1, 3.999_999_8, 4, 9.999_999, 10]).flatMap { [$0, -$0] }
  }()

  @Test(arguments: functions, VectorKernels.available.indices)
  func `Is exact to rounding`(_ function: Function, _ level: Int) {
    let context = ExecutionContext(threads: 1, kernels: VectorKernels.available[level])
    let x = Self.arguments
    let found = function.operation.forward([Tensor(x, Shape(x.count))], context).logical()
    var (absolute, relative) = (0.0, 0.0)
    for (x, y) in zip(x, found) {
      let expected = function.oracle(Double(x))
      let difference = abs(Double(y) - expected)
      absolute = max(absolute, difference / max(1, function.relative.isFinite ? 1 : abs(Double(x))))
      if abs(expected) > 1e-30 { relative = max(relative, difference / abs(expected)) }
    }
    #expect(absolute <= function.absolute)
    #expect(relative <= function.relative)
  }

  @Test(arguments: VectorKernels.available.indices)
  func `Knows slopes`(_ level: Int) {
    let context = ExecutionContext(threads: 1, kernels: VectorKernels.available[level])
    var x = Self.arguments.filter { abs($0) < 1e4 }
    let density = { (x: Double) in exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
    let cases: [(any VectorActivation, (Double) -> Double)] = [
      (GELU(), { 0.5 * erfc(-$0 / 2.0.squareRoot()) + $0 * density($0) }),
      (
        GELU(approximate: .tanh),
        { x in
          let root = (2 / Double.pi).squareRoot()
          let t = tanh(root * (x + 0.044715 * x * x * x))
          return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x)
        }
      ),
      (Erf(), { 2 / Double.pi.squareRoot() * exp(-$0 * $0) }),
    ]
    x.append(.nan)
    for (operation, oracle) in cases {
      let dy = [Float](repeating: 0.75, count: x.count)
      let found = operation.gradients([Tensor(x, Shape(x.count))], Tensor(dy, Shape(x.count)), context)[0]?.logical()
      expectClose(found ?? [], x.map { Float(0.75 * oracle(Double($0))) }, tolerance: 4e-7, operation.kind)
    }
    // Nothing passes where there is no gradient, or no slope.
    let ends = Tensor([1e30, -1e30, .infinity, 2], Shape(4))
    let above = Tensor([0, .infinity, 0, 0], Shape(4))
    #expect(Erf().gradients([ends], above, context)[0]?.logical() == [0, 0, 0, 0])
  }
}
