import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Shapes that do not fit are errors with a reason, never a crash; no images at all are a batch like any other.
@Suite struct OperationErrorTests {
  struct Misfit: Sendable, CustomTestStringConvertible {
    let operation: any GradCAMCore.Operation
    let inputs: [Shape]
    let problem: String
    var testDescription: String { "\(operation.kind) of \(inputs)" }

    init(_ operation: any GradCAMCore.Operation, _ inputs: [Shape], _ problem: String) {
      (self.operation, self.inputs, self.problem) = (operation, inputs, problem)
    }
  }

  static let map = Shape(2, 3, 5, 4)
  static let convolution = Conv2d(weight: Tensor(repeating: 1, Shape(4, 3, 3, 3)))
  static let misfits: [Misfit] = [
    Misfit(convolution, [Shape(2, 4, 5, 4)], "takes 3 channels, not the 4"),
    Misfit(convolution, [Shape(2, 3, 2, 9)], "kernel of 3×3, larger than the feature map of 2×9"),
    Misfit(convolution, [Shape(3, 5, 4)], "takes a batch of feature maps"),
    Misfit(convolution, [map, map], "takes 1 input(s), not 2"),
    Misfit(Conv2d(weight: Tensor([], Shape(4, 0, 3, 3))), [Shape(2, 0, 5, 4)], "empty shape"),
    Misfit(Conv2d(weight: Tensor([], Shape(4, 3, 0, 3))), [map], "empty shape"),
    Misfit(Conv2d(weight: Tensor([], Shape(0, 3, 1, 1))), [map], "empty shape"),
    Misfit(Conv2d(weight: Tensor(repeating: 1, Shape(4, 2, 1, 1)), groups: 2), [map], "takes 4 channels"),
    Misfit(
      BatchNorm2d(weight: [1], bias: [0], runningMean: [0], runningVar: [1]), [map], "takes 1 channels, not the 3"),
    Misfit(MaxPool2d(kernel: (3, 3)), [Shape(1, 1, 2, 3)], "window of 3×3, larger than"),
    Misfit(MaxPool2d(kernel: (2, 2), dilation: (1, 4)), [map], "larger than the feature map of 5×4"),
    Misfit(AvgPool2d(kernel: (6, 1)), [map], "larger than the feature map"),
    // PyTorch refuses it, too: a step reaches no further than the map.
    Misfit(AvgPool2d(kernel: (8, 1), stride: (2, 1), ceilMode: true), [map], "larger than the feature map"),
    Misfit(AvgPool2d(kernel: (1, 1)), [Shape(3)], "takes a batch of feature maps"),
    Misfit(AdaptiveAvgPool2d(), [Shape(2, 3, 0, 4)], "nothing to average"),
    Misfit(Linear(weight: Tensor(repeating: 1, Shape(2, 5))), [Shape(3, 4)], "takes vectors of 5 numbers"),
    Misfit(Linear(weight: Tensor(repeating: 1, Shape(2, 4))), [map], "takes vectors of 4 numbers"),
    Misfit(Linear(weight: Tensor(repeating: 1, Shape(2, 4))), [Shape([])], "takes vectors of 4 numbers"),
    Misfit(Linear(weight: Tensor([], Shape(2, 0))), [Shape(3, 0)], "empty shape"),
    Misfit(Add(), [map], "takes 2 input(s), not 1"),
    Misfit(Add(), [map, Shape(2, 3, 5, 5)], "inputs that broadcast, not [2, 3, 5, 4] with [2, 3, 5, 5]"),
    Misfit(ReLU(), [], "takes 1 input(s), not 0"),
    Misfit(LeakyReLU(), [map, map], "takes 1 input(s), not 2"),
    Misfit(Sigmoid(), [], "takes 1 input(s)"),
    Misfit(Identity(), [], "takes 1 input(s)"),
    Misfit(Softmax(axis: 2), [Shape(2, 3)], "axis 2, which [2, 3] does not have"),
    Misfit(Softmax(axis: -3), [Shape(2, 3)], "axis -3"),
    Misfit(Flatten(start: 4), [map], "flattens from axis 4"),
    Misfit(Flatten(start: -1), [map], "flattens from axis -1"),
    Misfit(Concat(), [], "nothing to join"),
    Misfit(Concat(axis: 1), [map, Shape(2, 3, 4, 4)], "differ beside axis 1"),
    Misfit(Concat(axis: 1), [map, Shape(2, 3)], "differ beside axis 1"),
    Misfit(Concat(axis: 4), [map, map], "does not have"),
    Misfit(Concat(axis: -5), [map, map], "does not have"),
    Misfit(Slice([Slice.Range(axis: 4)]), [map], "slices axis 4"),
    Misfit(Slice([Slice.Range(axis: 1, step: 0)]), [map], "in steps of 0"),
    Misfit(Slice([Slice.Range(axis: -5)]), [map], "slices axis -5, which [2, 3, 5, 4] does not have"),
    Misfit(Slice([Slice.Range(axis: 1, start: 2), Slice.Range(axis: -3, start: 2)]), [map], "twice"),
    Misfit(Pad(before: [0, 1], after: [0, 1]), [map], "pads 2 axes"),
  ]

  @Test(arguments: misfits + pointwiseMisfits) func `Refuses shapes that do not fit`(_ misfit: Misfit) throws {
    let error = #expect(throws: InputError.self) { try misfit.operation.outputShape(of: misfit.inputs) }
    let found = try #require(error)
    #expect(found.problem.description.contains(misfit.problem), "\(found)")
    #expect(found.subject == "")
    #expect(misfit.operation.multiplyAdds(of: [Self.map]) >= 0)
  }

  static let overImages = OpCase.all.filter { test in
    test.inputs.allSatisfy { $0.rank > 1 && $0.rank == test.inputs[0].rank } && !test.name.hasSuffix("images")
      && !test.name.hasSuffix("batch")
  }

  @Test(arguments: overImages) func `Runs over no images at all`(_ test: OpCase) throws {
    let context = ExecutionContext(threads: 2)
    let inputs = test.inputs.map { Tensor([], Shape([0] + $0.dimensions.dropFirst())) }
    let shape = try test.operation.outputShape(of: inputs.map(\.shape))
    let output = test.operation.forward(inputs, context)
    #expect(output.shape == shape)
    #expect(test.operation.gradients(inputs, output, context).map { $0?.shape } == inputs.map(\.shape))
  }

  @Test func `Slices nothing`() throws {
    let slice = Slice([Slice.Range(axis: 1, start: 3, end: 1), Slice.Range(axis: 2, start: 100)])
    let input = Tensor(repeating: 1, Self.map)
    let context = ExecutionContext(threads: 1)
    let output = slice.forward([input], context)
    #expect(output.shape == Shape(2, 0, 0, 4))
    #expect(slice.gradients([input], output, context)[0]?.logical() == [Float](repeating: 0, count: input.count))
  }
}
