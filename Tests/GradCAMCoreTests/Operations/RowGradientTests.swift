import TestSupport
import Testing

@testable import GradCAMCore

/// Gradients of products of rows of which few have a gradient, as where a class token alone is read.
@Suite struct RowGradientTests {
  private static let (rows, inputs, outputs) = (21, 37, 19)

  private static func values(_ count: Int, _ stream: UInt64) -> [Float] {
    let random = CounterRandom(seed: 3, stream: stream)
    return (0..<count).map { random.normal($0) }
  }

  @Test(arguments: [[0], [20], [4, 9], [0, 20], []], [1, 2])
  func `Rows without a gradient are passed over`(_ open: [Int], _ threads: Int) throws {
    let (rows, inputs, outputs) = (Self.rows, Self.inputs, Self.outputs)
    let weight = Self.values(outputs * inputs, 1)
    var slopes = Self.values(rows * outputs, 2)
    for row in 0..<rows where !open.contains(row) {
      for column in 0..<outputs { slopes[row * outputs + column] = 0 }
    }
    let expected = (0..<rows * inputs).map { place in
      let (row, column) = (place / inputs, place % inputs)
      let sum = (0..<outputs).reduce(0.0) {
        $0 + Double(slopes[row * outputs + $1]) * Double(weight[$1 * inputs + column])
      }
      return Float(sum)
    }
    let shape = Shape(1, rows, inputs)
    let linear = Linear(weight: Tensor(weight, Shape(outputs, inputs)))
    let found = linear.backward(
      Tensor(slopes, Shape(1, rows, outputs)), Saved(inputShapes: [shape]), wanted: [true],
      ExecutionContext(threads: threads, engine: .auto))
    expectClose(try #require(found[0]).logical(), expected, tolerance: 1e-6, "\(open)")
    for row in 0..<rows where !open.contains(row) {
      #expect(try #require(found[0]).logical()[row * inputs..<(row + 1) * inputs].allSatisfy { $0 == 0 })
    }
  }
}
