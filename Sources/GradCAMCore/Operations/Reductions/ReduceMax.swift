/// y = max x over some axes. NaN wins; elements that tie share the gradient equally, as PyTorch's `amax` has it.
public struct ReduceMax: AxisReduction {
  public let kind = "amax"
  public let reduced: ReducedAxes
  public var keeps: Kept { [.inputs, .output] }
  public var allowsEmpty: Bool { false }

  public init(_ reduced: ReducedAxes = ReducedAxes()) { self.reduced = reduced }

  public func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.largest(x, over: axes, sign: 1, threads: threads)
  }

  public func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.shareAmongEqual(dy, y: y, saved.inputs[0], over: axes, threads: threads)
  }
}
