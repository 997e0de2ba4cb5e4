import Glibc
import TestSupport
import Testing

@testable import GradCAMCore

/// Softmax and norms along lanes at every level, against double precision.
@Suite struct LaneKernelTests {
  static let sizes = [1, 2, 15, 16, 17, 33, 1000]
  static let steps = [1, 2, 7, 16, 35]

  private static func contexts(_ level: Int) -> [ExecutionContext] {
    [1, 3].map { ExecutionContext(threads: $0, kernels: VectorKernels.available[level]) }
  }

  /// Two blocks of lanes along axis 1.
  private static func tensor(_ size: Int, _ step: Int, seed: UInt64, _ change: (Float) -> Float = { $0 }) -> Tensor {
    var random = SeededRandom(seed: seed)
    return Tensor(random.uniform(2 * size * step).map(change), Shape(2, size, step))
  }

  /// Expects differences of no more than 2e-6 of the terms whose sums the numbers are, which may all but cancel.
  private func expectNear(_ found: Tensor, _ expected: Tensor, of terms: Double, _ what: String) {
    let worst = zip(found.logical(), expected.logical()).map { abs(Double($0) - Double($1)) }.max() ?? 0
    #expect(worst <= 2e-6 * terms, "\(what)")
  }

  /// The tensor with each lane replaced by `body` of it and of the others' lanes.
  private static func lanes(_ x: [Tensor], _ body: ([[Double]]) -> [Double]) -> Tensor {
    let axis = StoredAxis(x[0].shape, 1)
    let values = x.map { $0.logical() }
    var result = values[0]
    axis.forEachLane { start in
      let places = (0..<axis.size).map { start + $0 * axis.step }
      let found = body(values.map { values in places.map { Double(values[$0]) } })
      for (place, value) in zip(places, found) { result[place] = Float(value) }
    }
    return Tensor(result, x[0].shape)
  }

  @Test(arguments: VectorKernels.available.indices, steps) func `Takes softmax`(_ level: Int, _ step: Int) throws {
    for size in Self.sizes {
      let x = Self.tensor(size, step, seed: 81) { $0 * 30 }
      let dy = Self.tensor(size, step, seed: 82)
      let y = Self.lanes([x]) { lane in
        let largest = lane[0].max() ?? 0
        let powers = lane[0].map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
      let dx = Self.lanes([y, dy]) { lanes in
        let dot = zip(lanes[0], lanes[1]).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(lanes[0], lanes[1]).map { $0 * ($1 - dot) }
      }
      var first: (Tensor, Tensor)?
      for context in Self.contexts(level) {
        let found = Softmax(axis: 1).forward([x], context)
        expectClose(found, y, tolerance: 4e-7, "\(size) numbers, \(step) apart")
        let gradient = try #require(Softmax(axis: 1).gradients([x], dy, context)[0])
        expectNear(gradient, dx, of: 1, "the gradient of \(size) numbers, \(step) apart")
        if let first {
          expectSameBytes(found, first.0)
          expectSameBytes(gradient, first.1)
        }
        first = (found, gradient)
      }
    }
  }

  /// Of each share to its own size, down to where it is 0.
  @Test(arguments: VectorKernels.available.indices, [1, 3]) func `Is exact for small shares`(_ level: Int, _ step: Int)
  {
    let context = Self.contexts(level)[0]
    let values = (0...1000).map { -Float($0) * 0.1 }
    let x = Tensor(values.flatMap { [Float](repeating: $0, count: step) }, Shape(1, values.count, step))
    let found = Softmax(axis: 1).forward([x], context).logical()
    let sum = values.reduce(0.0) { $0 + exp(Double($1)) }
    for (index, x) in values.enumerated() {
      let expected = exp(Double(x)) / sum
      let y = Double(found[index * step])
      if x > -84 { #expect(abs(y - expected) <= 4e-7 * expected) } else { #expect(abs(y - expected) < 1e-37) }
    }
  }

  @Test(arguments: VectorKernels.available.indices, [1, 3, 16])
  func `Masks by infinity and keeps NaN`(_ level: Int, _ step: Int) {
    let context = Self.contexts(level)[0]
    func shares(_ lane: [Float]) -> [Float] {
      let x = Tensor(lane.flatMap { [Float](repeating: $0, count: step) }, Shape(1, lane.count, step))
      let found = Softmax(axis: 1).forward([x], context).logical()
      return lane.indices.map { found[$0 * step] }
    }
    let masked = [Float](repeating: -.infinity, count: 20)
    #expect(shares([3] + masked) == [1] + masked.map { _ in 0 })
    #expect(shares(masked + [-5, -5]) == masked.map { _ in 0 } + [0.5, 0.5])
    // As PyTorch has it.
    #expect(shares(masked).map { $0.isNaN } == masked.map { _ in true })
    #expect(shares([1, .nan, 2]).map { $0.isNaN } == [true, true, true])
    #expect(shares([1, .infinity])[1].isNaN)
    #expect(shares([.greatestFiniteMagnitude, -.greatestFiniteMagnitude]) == [1, 0])
  }

  @Test(arguments: VectorKernels.available.indices, steps) func `Takes norms`(_ level: Int, _ step: Int) throws {
    for size in Self.sizes {
      let x = Self.tensor(size, step, seed: 83) { $0 * 3 + 1 }
      let dy = Self.tensor(size, step, seed: 84)
      var random = SeededRandom(seed: 85)
      let (weight, bias) = (random.uniform(size), random.uniform(size))
      let column = Shape(size, 1)
      for isCentred in [true, false] {
        let norm: any GradCAMCore.Operation =
          isCentred
          ? LayerNorm(overChannels: weight, bias: bias, eps: 1e-3)
          : Turned(weight: Tensor(weight, column), eps: 1e-3)
        let w = weight.map(Double.init)
        let b = isCentred ? bias.map(Double.init) : w.map { _ in 0 }
        let y = Self.lanes([x]) { lanes in
          let (normal, _) = Self.normal(lanes[0], isCentred)
          return normal.indices.map { normal[$0] * w[$0] + b[$0] }
        }
        var terms = 0.0
        let dx = Self.lanes([x, dy]) { lanes in
          let (normal, scale) = Self.normal(lanes[0], isCentred)
          let g = zip(lanes[1], w).map { $0 * $1 }
          let mean = isCentred ? g.reduce(0, +) / Double(size) : 0
          let slope = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(size)
          terms = max(terms, scale * (g.map { abs($0) }.max() ?? 0))
          return g.indices.map { (g[$0] - mean - normal[$0] * slope) * scale }
        }
        var first: (Tensor, Tensor)?
        for context in Self.contexts(level) {
          let what = "\(size) numbers, \(step) apart, centred: \(isCentred)"
          let found = norm.forward([x], context)
          expectClose(found, y, tolerance: 1e-6, what)
          let gradient = try #require(norm.gradients([x], dy, context)[0])
          expectNear(gradient, dx, of: terms, "the gradient of \(what)")
          if let first {
            expectSameBytes(found, first.0)
            expectSameBytes(gradient, first.1)
          }
          first = (found, gradient)
        }
      }
    }
  }

  /// An RMS norm along axis 1 of three, which no model has, but rank 4 comes to.
  private struct Turned: AxisKeepingOperation {
    let kind = "RMSNorm"
    let weight: Tensor
    let eps: Double
    var keeps: Kept { .inputs }
    func mixedAxes(of input: Shape) -> [Int] { [1] }
    func outputShape(of inputs: [Shape]) -> Shape { inputs[0] }
    func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
      Tensor(inputs[0].shape) { norm.forward(inputs[0], to: $0, context) }
    }
    func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
      [norm.backward(dy, saved.inputs[0], context)]
    }
    func multiplyAdds(of inputs: [Shape]) -> Int { 0 }
    private var norm: LaneNorm { LaneNorm(axes: [1], weight: weight, eps: eps, isCentred: false) }
  }

  private static func normal(_ lane: [Double], _ isCentred: Bool, eps: Double = 1e-3) -> ([Double], scale: Double) {
    let mean = isCentred ? lane.reduce(0, +) / Double(lane.count) : 0
    let variance = lane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(lane.count)
    let scale = 1 / (variance + eps).squareRoot()
    return (lane.map { ($0 - mean) * scale }, scale)
  }

  /// A deviation of a thousandth around a thousand: what a mean of one float alone would spoil.
  @Test(arguments: VectorKernels.available.indices, [1, 19])
  func `Stands far from zero`(_ level: Int, _ step: Int) {
    let x = Self.tensor(333, step, seed: 86) { 1000 + $0 / 1000 }
    let expected = Self.lanes([x]) { Self.normal($0[0], true, eps: 1e-12).0 }
    let norm = LayerNorm(overChannels: nil, bias: nil, eps: 1e-12)
    expectClose(norm.forward([x], Self.contexts(level)[0]), expected, tolerance: 3e-7)
  }

  @Test(arguments: VectorKernels.available.indices, [1, 19])
  func `Keeps NaN in its lane`(_ level: Int, _ step: Int) {
    for poison in [Float.nan, .infinity] {
      var values = Self.tensor(50, step, seed: 87).logical()
      values[49 * step] = poison
      let x = Tensor(values, Shape(2, 50, step))
      let found = LayerNorm(overChannels: nil, bias: nil).forward([x], Self.contexts(level)[0]).logical()
      for (index, value) in found.enumerated() {
        #expect(value.isNaN == (index < 50 * step && index % step == 0), "\(index) is \(value)")
      }
    }
  }
}
