import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What the operations that change shapes refuse, however absurd the numbers that a file gives.
@Suite struct ShapeErrorTests {
  typealias Misfit = OperationErrorTests.Misfit

  static let map = OperationErrorTests.map
  static let pointwise = Tensor(repeating: 1, Shape(3, 2, 1, 1))
  static let huge = 1 << 40
  static let shapes: [Misfit] = [
    Misfit(Reshape([7, -1]), [map], "cannot reshape [2, 3, 5, 4] to [7, -1]"),
    Misfit(Reshape([2, 3]), [map], "cannot reshape"),
    Misfit(Reshape([0, 3, 8]), [map], "cannot reshape [2, 3, 5, 4] to [2, 3, 8]"),
    Misfit(Reshape([0, 7, -1]), [map], "cannot reshape [2, 3, 5, 4] to [2, 7, -1]"),
    Misfit(Reshape([-1, -1]), [map], "impossible shape"),
    Misfit(Reshape([.min, 2]), [map], "impossible shape"),
    Misfit(Reshape([.max, .max]), [map], "impossible shape"),
    Misfit(Reshape([huge, huge, -1]), [map], "impossible shape"),
    Misfit(Reshape([1, 1, 1, 1, 0]), [map], "copies axis 4"),
    Misfit(Squeeze(axes: [1]), [map], "whose size is not 1"),
    Misfit(Squeeze(axes: [4]), [map], "squeezes axis 4"),
    Misfit(Squeeze(axes: [.min]), [map], "squeezes axis"),
    Misfit(Unsqueeze(axes: [5]), [map, map], "takes 1 input(s)"),
    Misfit(Unsqueeze(axes: [5]), [map], "cannot put axis 5 into"),
    Misfit(Unsqueeze(axes: [0, -6]), [map], "cannot put axis -6"),
    Misfit(Transpose([0, 1, 2]), [map], "permutes the axes"),
    Misfit(Transpose([0, 1, 1, 2]), [map], "permutes the axes"),
    Misfit(Transpose([0, 1, 2, .min]), [map], "permutes the axes"),
    Misfit(Expand([2, 3]), [map], "cannot expand"),
    Misfit(Expand([huge, huge, 1, 1, 1, 1]), [map], "impossible shape"),
    Misfit(Expand([-2, 1, 1, 1, 1]), [map], "impossible shape"),
    Misfit(Tile([1, 2]), [map], "repeats 2 axes"),
    Misfit(Tile([1, 1, -1, 1]), [map], "a repetition of -1"),
    Misfit(Tile([1 << 30, 1 << 30, 1 << 30, 1]), [map], "impossible shape"),
    Misfit(Gather(axis: 4, indices: [0]), [map], "gathers along axis 4"),
    Misfit(Gather(axis: 1, indices: [0, 3]), [map], "gathers entry 3"),
    Misfit(Gather(axis: 1, indices: [-4]), [map], "gathers entry -4"),
    Misfit(GatherND(), [map, Shape(2, 5)], "has indices of [2, 5] into [2, 3, 5, 4]"),
    Misfit(GatherND(batchAxes: 1), [map, Shape(3, 2)], "has indices of"),
    Misfit(GatherND(batchAxes: 2), [map, Shape(2, 3)], "has indices of"),
    Misfit(GatherND(batchAxes: -1), [map, Shape(2, 3)], "has indices of"),
    Misfit(GatherND(), [map, Shape()], "has indices of"),
    Misfit(GatherElements(axis: 4), [map, map], "has indices along axis 4"),
    Misfit(GatherElements(axis: 1), [map, Shape(3, 3, 5, 4)], "has indices of"),
    Misfit(ScatterND(), [map, Shape(7, 2), Shape(7, 5)], "puts [7, 5] where indices of [7, 2]"),
    Misfit(ScatterND(imageCount: 1), [map, Shape(7, 2), Shape(7, 5, 4)], "names places of 1 image(s)"),
    Misfit(ScatterElements(axis: 1), [map, map, Shape(2, 3)], "puts [2, 3]"),
    Misfit(TopK(count: 6, axis: 2), [map], "takes 6 of the 5 along axis 2"),
    Misfit(TopK(count: -1), [map], "takes -1 of the 4"),
    Misfit(CumSum(axis: 4), [map], "axis 4, which"),
    Misfit(RMSNorm(start: 4), [map], "axis 4, which"),
    Misfit(RMSNorm(weight: Tensor(repeating: 1, Shape(3))), [map], "has weights of the shape [3]"),
    Misfit(Col2Im(size: (4, 4), block: (2, 2)), [Shape(2, 8, 8)], "puts [2, 8, 8] into a picture of 4×4"),
    Misfit(Col2Im(size: (4, 4), block: (5, 2)), [Shape(2, 10, 0)], "in blocks of 5×2"),
    Misfit(Col2Im(size: (4, 4), block: (2, 2), stride: (0, 1)), [Shape(2, 8, 9)], "a stride or dilation of 0"),
    Misfit(Col2Im(size: (huge, huge), block: (1, 1)), [Shape(1, 1, 1)], "a size of a picture or block"),
    Misfit(GridSample(), [map, Shape(1, 5, 4, 2)], "samples [2, 3, 5, 4] at places of [1, 5, 4, 2]"),
    Misfit(GridSample(), [map, Shape(2, 5, 4, 3)], "samples"),
    Misfit(QuantizeLinear(type: .unsigned8), [map, Shape(5), Shape()], "has scales of [5]"),
    Misfit(DequantizeLinear(), [map, Shape(), Shape(2, 1, 1, 1, 1)], "zero points of [2, 1, 1, 1, 1]"),
    Misfit(DynamicQuantization(gives: .scale, first: 2), [Shape(2, 0)], "has nothing to choose a scale by"),
    Misfit(Pad(axes: [1, 1], before: [1, 1], after: [0, 0], mode: .edge), [map], "pads axis 1 twice"),
    Misfit(Pad(axes: [9], before: [1], after: [0], mode: .edge), [map], "pads axis 9"),
    Misfit(Pad(axes: [2], before: [5], after: [0], mode: .reflect), [map], "too little to pad"),
    Misfit(Pad(axes: [2], before: [-5], after: [2], mode: .wrap), [map], "too little to pad"),
    Misfit(Pad(axes: [2], before: [-3], after: [-3], mode: .constant(0)), [map], "too little to pad"),
    Misfit(Pad(axes: [2], before: [.max], after: [.max], mode: .constant(0)), [map], "a padding of"),
    Misfit(Pad(axes: [2], before: [.min], after: [0], mode: .constant(0)), [map], "a padding of"),
    Misfit(DepthToSpace(block: 2), [map], "does not divide"),
    Misfit(DepthToSpace(block: 0), [map], "blocks of 0×0"),
    Misfit(DepthToSpace(block: huge), [map], "has blocks"),
    Misfit(SpaceToDepth(block: 2), [map], "do not divide"),
  ]

  static let products: [Misfit] = [
    Misfit(MatMul(), [Shape(2, 3), Shape(4, 2)], "multiplies [2, 3] by [4, 2]"),
    Misfit(MatMul(), [Shape(2, 3, 4), Shape(3, 4, 2)], "multiplies"),
    Misfit(MatMul(), [Shape([]), Shape(4)], "multiplies"),
    Misfit(MatMul(), [Shape(1 << 20, 1), Shape(1, 1 << 20)], "impossible shape"),
    Misfit(Gemm(), [Shape(2, 3)], "takes 2 or 3 inputs"),
    Misfit(Gemm(transposeA: true), [Shape(2, 3), Shape(3, 2)], "multiplies"),
    Misfit(Gemm(), [Shape(2, 3, 1), Shape(3, 2)], "multiplies"),
    Misfit(Gemm(), [Shape(2, 3), Shape(3, 4), Shape(2)], "adds [2] to [2, 4]"),
    Misfit(Gemm(), [Shape(2, 3), Shape(3, 4), Shape(1, 2, 4)], "adds"),
    Misfit(ConvTranspose2d(weight: pointwise, stride: (0, 1)), [map], "a stride or dilation of 0"),
    Misfit(ConvTranspose2d(weight: pointwise, padding: Padding(3)), [map], "pads the output"),
    Misfit(ConvTranspose2d(weight: pointwise, padding: Padding(-1)), [map], "a padding of -1"),
    Misfit(ConvTranspose2d(weight: pointwise), [Shape(2, 4, 5, 4)], "takes 3 channels, not the 4"),
    Misfit(ConvTranspose2d(weight: pointwise), [Shape(2, 3, 0, 4)], "nothing to enlarge"),
    Misfit(ConvTranspose2d(weight: pointwise, stride: (1 << 30, 1 << 30)), [map], "impossible shape"),
    Misfit(ConvTranspose2d(weight: pointwise, outputSize: (0, 3)), [map], "an output size of 0"),
    Misfit(ConvTranspose2d(weight: Tensor([], Shape(3, 0, 1, 1))), [map], "empty shape"),
    Misfit(OneDimensional(Conv2d(weight: pointwise)), [map], "takes a batch of sequences"),
    Misfit(OneDimensional(DepthToSpace(block: 2)), [Shape(2, 4, 3)], "more of a sequence"),
    Misfit(Conv2d(weight: Tensor(repeating: 1, Shape(1, 3, 1, 1)), stride: (0, 1)), [map], "a stride or dilation of 0"),
    Misfit(Conv2d(weight: Tensor(repeating: 1, Shape(1, 3, 1, 1)), padding: Padding(.max)), [map], "a padding of"),
    Misfit(MaxPool2d(kernel: (0, 2)), [map], "a kernel, stride or dilation of 0"),
    Misfit(AvgPool2d(kernel: (2, 2), stride: (.max, 1)), [map], "a kernel, stride or dilation"),
    Misfit(LpPool2d(p: 0, kernel: (2, 2)), [map], "a norm of order 0"),
    Misfit(LpPool2d(p: .nan, kernel: (2, 2)), [map], "a norm of order nan"),
    Misfit(LpPool2d(kernel: (6, 2)), [map], "larger than the feature map"),
    Misfit(GlobalMaxPool(), [Shape(2, 3, 0, 4)], "nothing to compare"),
    Misfit(Resize(.scales(h: 0.1, w: 1)), [map], "scales [2, 3, 5, 4] by 0.1"),
    Misfit(Resize(.scales(h: .nan, w: 1)), [map], "scales"),
    Misfit(Resize(.scales(h: .infinity, w: 1)), [map], "scales"),
    Misfit(Resize(.sizes(h: 0, w: 4)), [map], "resizes [2, 3, 5, 4] to 0×4"),
    Misfit(Resize(.sizes(h: 1 << 30, w: 1 << 30)), [map], "resizes [2, 3, 5, 4] to"),
    Misfit(Resize(.sizes(h: 2, w: 2)), [Shape(2, 3, 4)], "takes a batch of feature maps"),
    Misfit(Resize(.sizes(h: 2, w: 2)), [Shape(2, 3, 0, 4)], "nothing to resize"),
  ]

  @Test(arguments: shapes + products) func `Refuses shapes that do not fit`(_ misfit: Misfit) throws {
    let error = #expect(throws: InputError.self) { try misfit.operation.outputShape(of: misfit.inputs) }
    #expect(try #require(error).problem.description.contains(misfit.problem), "\(String(describing: error))")
    #expect(misfit.operation.multiplyAdds(of: misfit.inputs) >= 0)
  }

  @Test func `Multiplies nothing`() {
    let context = ExecutionContext(threads: 1)
    let inputs = [Tensor([], Shape(2, 3, 0)), Tensor([], Shape(0, 4))]
    let y = MatMul().forward(inputs, context)
    expectSameBytes(y, Tensor(repeating: 0, Shape(2, 3, 4)))
    #expect(MatMul().gradients(inputs, y, context).map { $0?.shape } == inputs.map(\.shape))
    let sum = Gemm().forward([Tensor([], Shape(2, 0)), inputs[1]], context)
    expectSameBytes(sum, Tensor(repeating: 0, Shape(2, 4)))
  }
}
