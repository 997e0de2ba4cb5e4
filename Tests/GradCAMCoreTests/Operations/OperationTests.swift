import TestSupport
import Testing

@testable import GradCAMCore

/// What every operation has to satisfy, on shapes that are odd, not square, and batched.
@Suite struct OperationTests {
  @Test(arguments: OpCase.all) func `Gives the shape it promises`(_ test: OpCase) throws {
    #expect(try test.operation.outputShape(of: test.inputs) == test.output)
    #expect(test.operation.forward(test.tensors, ExecutionContext(threads: 1)).shape == test.output)
  }

  @Test(arguments: OpCase.all) func `Computes what the definition says`(_ test: OpCase) {
    let inputs = test.tensors
    let found = test.operation.forward(inputs, ExecutionContext(threads: 1))
    expectClose(found, test.oracle(inputs.map { NaiveTensor($0) }).tensor, tolerance: 1e-5, test.name)
  }

  @Test(arguments: OpCase.all) func `Has the gradient of its forward pass`(_ test: OpCase) {
    let context = ExecutionContext(threads: 1)
    let inputs = test.tensors
    var check = GradientCheck()
    check.step = test.step
    check.check(
      test.name, inputs: inputs, forward: { test.operation.forward($0, context) },
      backward: { test.operation.gradients(inputs, $0, context) })
  }

  @Test(arguments: OpCase.all) func `Gives the same bytes from any number of threads`(_ test: OpCase) {
    let (one, two) = (ExecutionContext(threads: 1), ExecutionContext(threads: 2))
    let inputs = test.tensors
    let output = test.operation.forward(inputs, one)
    expectSameBytes(test.operation.forward(inputs, two), output, test.name)
    for (found, expected) in zip(
      test.operation.gradients(inputs, output, two), test.operation.gradients(inputs, output, one))
    {
      guard let found, let expected else { continue }
      expectSameBytes(found, expected, "\(test.name), gradient")
    }
  }

  @Test(arguments: OpCase.all.filter { $0.inputs.count > 1 })
  func `May leave out gradients that nobody wants`(_ test: OpCase) throws {
    let context = ExecutionContext(threads: 1)
    let inputs = test.tensors
    let gradient = Tensor(repeating: 1, test.output)
    let all = test.operation.gradients(inputs, gradient, context)
    for wanted in inputs.indices {
      let some = test.operation.gradients(inputs, gradient, context, wanted: inputs.indices.map { $0 == wanted })
      expectSameBytes(try #require(some[wanted]), try #require(all[wanted]), test.name)
    }
  }

  @Test func `Names every case once`() {
    #expect(OpCase.all.count == Set(OpCase.all.map(\.name)).count, "cases of one name")
  }
}
