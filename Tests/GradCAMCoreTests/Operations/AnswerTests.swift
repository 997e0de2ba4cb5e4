import TestSupport
import Testing

@testable import GradCAMCore

/// What operations answer to other parts, against what they compute.
@Suite struct AnswerTests {
  @Test(arguments: OpCase.all.filter(\.operation.isAffine))
  func `Is affine where it says so`(_ test: OpCase) {
    #expect(test.bend(along: Array(test.inputs.indices)) < 1e-5)
  }

  @Test(arguments: OpCase.all.filter { $0.inputs.count > 1 })
  func `Is affine in each input where it says so`(_ test: OpCase) {
    for position in test.inputs.indices where test.operation.isAffine(inInput: position) {
      #expect(test.bend(along: [position]) < 1e-5, "input \(position)")
    }
  }

  @Test func `Measures that a product is affine in each factor only`() throws {
    let product = try #require(OpCase.all.first { $0.operation.kind == "mul" && $0.inputs.count == 2 })
    #expect(product.bend(along: [0]) < 1e-5 && product.bend(along: [0, 1]) > 1e-2)
    #expect(!product.operation.isAffine && product.operation.isAffine(inInput: 0))
  }

  @Test(arguments: OpCase.all.filter { $0.inputs[0].isFeatureMap && $0.operation.averagesPositions(of: $0.inputs[0]) })
  func `Averages positions where it says so`(_ test: OpCase) {
    let (x, shape) = (test.tensors[0].logical(), test.inputs[0])
    let size = shape.h * shape.w
    let means = (0..<shape.n * shape.c).map { channel in
      x[channel * size..<(channel + 1) * size].reduce(0, +) / Float(size)
    }
    let found = test.operation.forward(test.tensors, ExecutionContext(threads: 1))
    expectClose(found, Tensor(means, found.shape), tolerance: 1e-5, test.name)
  }

  @Test func `Knows poolings over all positions`() {
    let map = Shape(1, 3, 4, 5)
    #expect(AdaptiveAvgPool2d().averagesPositions(of: map))
    #expect(!AdaptiveAvgPool2d((1, 2)).averagesPositions(of: map))
    #expect(AvgPool2d(kernel: (4, 5)).averagesPositions(of: map))
    #expect(!AvgPool2d(kernel: (4, 4)).averagesPositions(of: map))
    #expect(!AvgPool2d(kernel: (4, 5), padding: Padding(1)).averagesPositions(of: map))
    #expect(ReduceMean(reduced: ReducedAxes([-1, 2])).averagesPositions(of: map))
    #expect(!ReduceMean(reduced: ReducedAxes([1, 2])).averagesPositions(of: map))
  }

  @Test func `Knows convolutions that leave positions where they are`() {
    let weight = Tensor(repeating: 1, Shape(2, 3, 1, 1))
    #expect(Conv2d(weight: weight).keepsPositions)
    #expect(Conv2d(weight: weight, padding: Padding(7), autoPad: .sameUpper).keepsPositions)
    #expect(
      !Conv2d(weight: weight, stride: (2, 1)).keepsPositions && !Conv2d(weight: weight, stride: (1, 2)).keepsPositions)
    #expect(!Conv2d(weight: weight, padding: Padding(1)).keepsPositions)
    #expect(!Conv2d(weight: Tensor(repeating: 1, Shape(2, 3, 1, 2))).keepsPositions)
  }

  @Test func `Movements are affine`() {
    let moved: [any Operation] = [
      Expand([2, 3]), Tile([1, 2]), Gather(indices: [0]), DepthToSpace(block: 2), SpaceToDepth(block: 2),
      Resize(.sizes(h: 3, w: 4), mode: .cubic()),
    ]
    #expect(moved.allSatisfy { $0.isAffine })
  }

  @Test func `Derives the answers of an operation with constants`() {
    let one = Tensor([1], Shape(1))
    #expect(BoundOperation(Mul(), constants: [1: one], count: 2).isAffine)
    #expect(BoundOperation(Div(), constants: [1: one], count: 2).isAffine)
    #expect(!BoundOperation(Div(), constants: [0: one], count: 2).isAffine)
    #expect(!BoundOperation(Gemm(), constants: [2: one], count: 3).isAffine)
  }

  @Test(arguments: OpCase.all) func `Lies between the bounds that it says`(_ test: OpCase) {
    let bounds = test.operation.range(of: test.tensors.map { ClosedRange(spanning: $0.logical()) })
    let found = test.operation.forward(test.tensors, ExecutionContext(threads: 1)).logical()
    #expect(found.allSatisfy { $0.isNaN || $0 >= bounds.lowerBound - 1e-5 && $0 <= bounds.upperBound + 1e-5 })
  }

  @Test func `Bounds are known of what may end a network`() {
    let (share, wide) = (Float(0)...1, Float(-2)...3)
    #expect(Softmax().range(of: [wide]) == share && Sigmoid().range(of: [wide]) == share)
    #expect(Clip(min: 0, max: 1).range(of: [wide]) == share && Mul().range(of: [wide, wide]) == -6...9)
    #expect(Sub().range(of: [1...1, share]) == share && Div().range(of: [share, 2...4]) == 0...0.5)
    #expect(Div().range(of: [share, share]) == .everything && Mean().range(of: [share, wide]) == wide)
    #expect(Exp().range(of: [.everything]) == 0 ... .infinity && Neg().range(of: [wide]) == -3...2)
    #expect(Tanh().range(of: [wide]) == -1...1 && Round().range(of: [-0.6...1.2]) == -1...1)
    #expect(Reciprocal().range(of: [1 ... .infinity]) == share && Reciprocal().range(of: [wide]) == .everything)
    #expect(Sqrt().range(of: [share]) == .everything)
  }

  @Test(arguments: OpCase.all.filter { $0.passesShares })
  func `Passes shares on in their order where it says so`(_ test: OpCase) {
    let count = test.inputs[0].count
    let shares = (0..<count).map { (Float($0 * 7 % count) + 0.5) / Float(count) }
    let found = test.operation.forward([Tensor(shares, test.inputs[0])], ExecutionContext(threads: 1)).logical()
    // Held between bounds at most.
    let (least, most) = (found.min() ?? 0, found.max() ?? 0)
    #expect(found == shares.map { min(max($0, least), most) })
  }

  @Test func `Movements that change the order pass no shares on`() {
    let (row, map) = (Shape(1, 5), Shape(1, 5, 2, 1))
    #expect(Transpose([0, 2, 1, 3]).passesShares(from: Shape(1, 5, 1, 1), to: Shape(1, 1, 5, 1)))
    #expect(!Transpose([0, 2, 1, 3]).passesShares(from: map, to: Shape(1, 2, 5, 1)))
    #expect(!Transpose([1, 0]).passesShares(from: row, to: Shape(5, 1)))
    #expect(!Slice([Slice.Range(axis: 1, start: -1, end: .min, step: -1)]).passesShares(from: row, to: row))
    #expect(!Slice([Slice.Range(axis: 1, start: 1)]).passesShares(from: row, to: Shape(1, 4)))
    #expect(!Gather(axis: 1, indices: [1, 0]).passesShares(from: Shape(1, 2), to: Shape(1, 2)))
    #expect(Gather(axis: 1, indices: [-1], shape: Shape()).passesShares(from: Shape(1, 1), to: Shape(1)))
    #expect(
      !Expand([1, 5]).passesShares(from: Shape(1, 1), to: row) && Expand([1, 5]).passesShares(from: row, to: row))
    #expect(!Cast(target: .integer).passesShares(from: row, to: row) && !Tanh().passesShares(from: row, to: row))
  }

  @Test func `Calls rectifiers what shuts below zero`() {
    #expect(ReLU().isRectifier && Clip.relu6.isRectifier && Clip.clamp(min: 0).isRectifier)
    #expect(!Clip(min: -1, max: 1).isRectifier && !LeakyReLU().isRectifier)
  }
}

extension OpCase {
  fileprivate var passesShares: Bool {
    guard inputs.count == 1, let output = try? operation.outputShape(of: inputs) else { return false }
    return inputs[0].count == output.count && operation.passesShares(from: inputs[0], to: output)
  }

  /// How far the operation is from affine along some of its inputs: f half-way between two points less the mean of f at both, as a
  /// share of the largest magnitude.
  fileprivate func bend(along positions: [Int]) -> Float {
    let context = ExecutionContext(threads: 1)
    var random = SeededRandom(seed: 5)
    let here = tensors
    let steps = inputs.map { random.uniform($0.count) }
    func output(_ share: Float) -> [Float] {
      let moved = here.enumerated().map { position, tensor in
        guard positions.contains(position) else { return tensor }
        return Tensor(zip(tensor.logical(), steps[position]).map { $0 + share * $1 }, tensor.shape)
      }
      return operation.forward(moved, context).logical()
    }
    let (start, middle, end) = (output(0), output(0.5), output(1))
    let bends = middle.indices.map { abs(middle[$0] - (start[$0] + end[$0]) / 2) }
    return (bends.max() ?? 0) / max(start.map(abs).max() ?? 0, end.map(abs).max() ?? 0, 1)
  }
}
