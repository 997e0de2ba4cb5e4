@testable import GradCAMCore

extension OperationErrorTests {
  static let pointwiseMisfits: [Misfit] = [
    Misfit(SiLU(), [map, map], "takes 1 input(s), not 2"),
    Misfit(Floor(), [], "takes 1 input(s), not 0"),
    Misfit(Cast(target: .integer), [], "takes 1 input(s), not 0"),
    Misfit(
      PReLU(slope: Tensor([1, 2], Shape(2, 1, 1))), [map],
      "slopes of the shape [2, 1, 1], which do not broadcast to [2, 3, 5, 4]"),
    Misfit(PReLU(slope: Tensor(repeating: 1, Shape(2, 1, 3, 5, 4))), [map], "slopes of the shape [2, 1, 3, 5, 4]"),
    Misfit(LogSoftmax(axis: 4), [map], "axis 4, which [2, 3, 5, 4] does not have"),
    Misfit(Mul(), [map], "takes 2 input(s), not 1"),
    Misfit(Mul(), [map, Shape(2, 1, 1)], "inputs that broadcast, not [2, 3, 5, 4] with [2, 1, 1]"),
    Misfit(Pow(), [Shape(3), Shape(4)], "inputs that broadcast"),
    Misfit(Sub(), [], "takes 2 input(s), not 0"),
    Misfit(Less(), [map, Shape(2, 3, 5, 5)], "inputs that broadcast"),
    Misfit(Where(), [map, map], "takes 3 input(s), not 2"),
    Misfit(Where(), [map, map, Shape(2)], "inputs that broadcast"),
    Misfit(Sum(), [], "takes at least 1 input, not 0"),
    Misfit(Max(), [map, map, Shape(7)], "inputs that broadcast"),
    Misfit(Add(), [Shape(1 << 40, 1), Shape(1, 1 << 40)], "impossible shape"),
    Misfit(GroupNorm(groups: 2), [map], "cannot make 2 groups"),
    Misfit(GroupNorm(groups: 1, weight: [1, 1]), [map], "takes 2 channels, not the 3"),
    Misfit(GroupNorm(groups: 1), [Shape(3)], "takes a batch of channels"),
    Misfit(InstanceNorm2d(bias: [1]), [map], "takes 1 channels, not the 3"),
    Misfit(InstanceNorm2d(), [Shape(2, 3)], "takes a batch of channels of positions"),
    Misfit(LayerNorm(start: 4), [map], "axis 4"),
    Misfit(
      LayerNorm(weight: Tensor(repeating: 1, Shape(3))), [map], "weights of the shape [3], which do not broadcast"),
    Misfit(LayerNorm(weight: Tensor(repeating: 1, Shape(2, 4))), [Shape(1, 4)], "weights of the shape [2, 4]"),
    Misfit(LayerNorm(overChannels: [1], bias: nil), [Shape(3)], "axis 1"),
    Misfit(LocalResponseNorm(size: 3), [Shape(3)], "takes a batch of channels"),
    Misfit(LpNormalization(axis: 2), [Shape(2, 3)], "axis 2"),
    Misfit(
      BatchNorm2d(weight: [1], bias: [0], runningMean: [0], runningVar: [1]), [Shape(1)], "takes a batch of channels"),
    Misfit(ReduceMean(reduced: ReducedAxes([4])), [map], "axis 4"),
    Misfit(ReduceSum(reduced: ReducedAxes([1, -3])), [map], "reduces axis -3 twice"),
    Misfit(ReduceMax(reduced: ReducedAxes([1])), [Shape(2, 0, 3)], "nothing to reduce"),
    Misfit(ReduceMin(), [map, map], "takes 1 input(s), not 2"),
    Misfit(ArgMax(axis: 1), [Shape(2, 0)], "nothing to choose from"),
    Misfit(ArgMax(axis: -3), [Shape(2, 4)], "axis -3"),
  ]
}
