import TestSupport
import Testing

@testable import GradCAMCore

/// Eigenvectors, planes, regions and the session's hook on its source.
@Suite struct MatrixTests {
  @Test func `The largest eigenvalue`() throws {
    let pair = try #require(LAPACK.largestEigenpair([2, 1, 0, 1, 2, 0, 0, 0, 1], n: 3))
    #expect(abs(pair.value - 3) < 1e-5 && abs(abs(pair.vector[0]) - Float(0.5).squareRoot()) < 1e-5)
    #expect(abs(pair.vector[0] - pair.vector[1]) < 1e-5 && abs(pair.vector[2]) < 1e-5)
    #expect(LAPACK.largestEigenpair([1, .nan, .nan, 1], n: 2) == nil)
  }

  /// X·v is the same from either of the two Gram matrices.
  @Test(arguments: [(3, 2, 9), (5, 4, 7), (9, 8, 4)]) func `Principal maps`(
    _ width: Int, _ height: Int, _ channels: Int
  )
    throws
  {
    var random = SeededRandom(seed: 5)
    let values = random.uniform(width * height * channels).map { $0 + 0.2 }
    let shape = Shape(1, channels, height, width)
    let map = Matrix(values, of: shape).principalMap(.agreesWithSum)
    // |Xᵀ·map| = σ² and map = X·v: one step of the power iteration changes nothing but the length.
    var next = [Double](repeating: 0, count: channels)
    for row in 0..<width * height {
      for c in 0..<channels { next[c] += Double(values[row * channels + c]) * Double(map.values[row]) }
    }
    let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let again = (0..<width * height).map { row in
      Float((0..<channels).reduce(0.0) { $0 + Double(values[row * channels + $1]) * next[$1] / length })
    }
    expectClose(map.values, again, tolerance: 1e-4)
    let sums = (0..<width * height).map { row in values[row * channels..<(row + 1) * channels].reduce(0, +) }
    #expect(zip(map.values, sums).reduce(0) { $0 + $1.0 * $1.1 } > 0)
  }

  @Test func `Matrices that hold nothing`() {
    let shape = Shape(1, 2, 2, 3)
    #expect(
      Matrix([Float](repeating: 0, count: 12), of: shape).principalMap(.agreesWithSum).values.allSatisfy { $0 == 0 })
    let broken = Matrix([Float](repeating: .nan, count: 12), of: shape).principalMap(.agreesWithSum)
    #expect(Verdict.of(broken, keepsNegative: false) == .notFinite)
  }

  @Test func `Regions of a map`() throws {
    // Two regions that touch by a corner belong together; a ring has an outline inside.
    let rows = ["11100.", "1.1001", "11101.", "......", "....1.", "...1.."]
    let values = rows.joined().map { $0 == "1" ? Float(0.75) : $0 == "0" ? 0.25 : 0 }
    let map = Heatmap(width: 6, height: 6, values: values)
    let regions = map.regions(above: 0.5)
    #expect(regions.count == 3)
    let ring = try #require(regions.first)
    #expect([ring.x, ring.y, ring.width, ring.height, ring.area] == [0, 0, 3, 3, 8])
    #expect(ring.contours.count == 2 && ring.contours[0].count == 4 && ring.contours[1].count == 4)
    let pair = regions[1].moved(x: 10, y: 20)
    #expect([pair.x, pair.y, pair.width, pair.height, pair.area] == [14, 21, 2, 2, 2])
    #expect(map.regions(above: 0.8).isEmpty)
    for region in regions {
      for loop in region.contours {
        for (index, corner) in loop.enumerated() {
          let next = loop[(index + 1) % loop.count]
          #expect((corner.x == next.x) != (corner.y == next.y))
        }
      }
    }
  }

  @Test func `The gradient at the pass's source`() throws {
    let graph = Networks.classifier()
    let session = Session(graph)
    let input = Networks.values(Shape(2, 2, 5, 7), seed: 9)
    var gradients: [Tensor] = []
    let handle = session.registerSourceHook { gradients.append($0) }
    let outputs = try session.forward(input)
    try session.backward(Tensor(repeating: 1, outputs.output.shape))
    let step: Float = 1e-2
    for element in [0, 17, 69] {
      let shifted = [step, -step].map { shift in
        var values = input.logical()
        values[element] += shift
        return Tensor(values, input.shape)
      }
      let sums = try shifted.map { try session.forward($0).output.logical().reduce(0, +) }
      #expect(abs((sums[0] - sums[1]) / (2 * step) - gradients[0].logical()[element]) < 2e-3)
    }
    handle.remove()
    let again = try session.forward(input)
    try session.backward(Tensor(repeating: 1, again.output.shape))
    #expect(gradients.count == 1)
  }

  /// Two convolutions that meet in an addition, hooked behind it: only one of them may take the addition along.
  @Test func `An addition of two convolutions with a hook behind it`() throws {
    let graph = Networks.classifier()
    let session = Session(graph)
    let input = Networks.values(Shape(1, 2, 5, 7), seed: 3)
    let plain = try session.forward(input).output
    try session.withHooks {
      for path in graph.rectifiers { _ = try session.registerFullBackwardHook(path) { _, _, _ in nil } }
      expectClose(try session.forward(input).output, plain, tolerance: 1e-6)
    }
  }
}
