import TestSupport
import Testing

@testable import GradCAMCore

/// Passes that hooks run in the middle of another one on the same session.
@Suite struct NestedPassTests {
  private let input = Networks.values(Shape(1, 2, 5, 7), seed: 1)
  private let other = Networks.values(Shape(3, 2, 5, 7), seed: 2)

  @Test func `Forward hooks may run a pass`() throws {
    let expected = try Session(Networks.classifier()).forward(input).output
    for path in Networks.classifier().modulePaths {
      let session = Session(Networks.classifier())
      var isInside = false
      _ = try session.registerForwardHook(path) { [other] _, _, _ in
        if isInside { return nil }
        isInside = true
        defer { isInside = false }
        _ = try session.forward(other)
        return nil
      }
      expectSameBytes(try session.forward(input).output, expected, path)
    }
  }

  @Test func `Backward hooks may run a pass`() throws {
    func gradient(_ inside: Bool) throws -> Tensor {
      let session = Session(Networks.classifier())
      var found: Tensor?
      _ = try session.registerFullBackwardHook("features.1") { [other] _, _, _ in
        if inside { _ = try session.forward(other) }
        return nil
      }
      _ = try session.registerFullBackwardHook("features.0", needsGradInputs: true) { _, gradInputs, _ in
        found = found ?? gradInputs[0]
        return nil
      }
      let output = try session.forward(input).output
      try session.backward(Tensor(repeating: 1, output.shape))
      return try #require(found)
    }
    expectSameBytes(try gradient(true), try gradient(false))
  }

  @Test func `Pools over windows too many to list`() {
    let x = Networks.values(Shape(1, 2, 1, 3000), seed: 3)
    let pool = MaxPool2d(kernel: (1, 1500), stride: (1, 1))
    let y = pool.forward([x], ExecutionContext(threads: 2))
    let values = x.logical()
    for start in [0, 700, 1500] { #expect(y.logical()[start] == values[start..<start + 1500].max()) }
  }
}
