import ModelFormats

/// PyTorch's `GroupNorm`: each image's channels in groups, each group normalised over its channels and all positions, then
/// scaled and shifted by channel.
struct GroupNorm: AxisKeepingOperation {
  let kind: String
  /// nil for as many groups as channels.
  let groups: Int?
  private(set) var weight: [Float]?
  private(set) var bias: [Float]?
  let eps: Double
  var keeps: Kept { .inputs }
  func mixedAxes(of input: Shape) -> [Int] { Array(1..<max(input.rank, 1)) }

  /// - Parameters: one weight and one bias a channel; nil for 1 and 0.
  /// - Precondition: there is a group.
  init(groups: Int, weight: [Float]? = nil, bias: [Float]? = nil, eps: Double = 1e-5) {
    precondition(groups >= 1, "no groups")
    self.init(kind: "GroupNorm", groups: groups, weight, bias, eps)
  }

  init(kind: String, groups: Int?, _ weight: [Float]?, _ bias: [Float]?, _ eps: Double) {
    (self.kind, self.groups, self.weight, self.bias, self.eps) = (kind, groups, weight, bias, eps)
  }

  var parameterCount: Int { (weight?.count ?? 0) + (bias?.count ?? 0) }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation { with(replace) }

  /// See `replacingParameters`.
  func with(_ replace: (Tensor) -> Tensor) -> GroupNorm {
    func other(_ values: [Float]) -> [Float] { replace(Tensor(values, Shape(values.count))).logical() }
    var copy = self
    (copy.weight, copy.bias) = (weight.map(other), bias.map(other))
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectChannels(inputs)
    for values in [weight, bias] {
      guard let count = values?.count, count != x.c else { continue }
      throw InputError("", "takes \(count) channels, not the \(x.c) of \(x)")
    }
    if let groups, x.c % groups != 0 { throw InputError("", "cannot make \(groups) groups of the channels of \(x)") }
    return x
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let view = GroupView(x.shape, groups: groups ?? x.shape.c)
    let output = norm(view).forward(view.of(x), threads: context.threads)
    return Tensor(shape: x.shape, storage: output.storage)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let x = saved.inputs[0]
    let view = GroupView(x.shape, groups: groups ?? x.shape.c)
    let gradient = norm(view).backward(view.of(dy), view.of(x), threads: context.threads)
    return [Tensor(shape: x.shape, storage: gradient.storage)]
  }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }

  private func norm(_ view: GroupView) -> Standardization {
    Standardization(
      axes: view.axes, weight: weight.map { Tensor($0, view.channels) }, bias: bias.map { Tensor($0, view.channels) },
      eps: eps, repeated: view.repeated)
  }
}

/// The memory of a batch of channels as five axes in stored order, the channels of a group having one of their own.
private struct GroupView {
  let shape: Shape
  /// C values along the axes of the groups and of their channels.
  let channels: Shape
  /// What a group is normalised over: its channels and the positions.
  let axes: [Int]
  /// The axis of a group's channels, where they are the fastest in memory.
  let repeated: Int?

  init(_ shape: Shape, groups: Int) {
    let size = shape.c / max(groups, 1)
    let positions = shape.dimensions[2...].reduce(1, *)
    if shape.isFeatureMap {
      self.shape = Shape(shape.n, 1, positions, groups, size)
      channels = Shape(1, 1, 1, groups, size)
      (axes, repeated) = ([2, 4], 4)
    } else {
      self.shape = Shape(shape.n, 1, groups, size, positions)
      channels = Shape(1, 1, groups, size, 1)
      (axes, repeated) = ([3, 4], nil)
    }
  }

  func of(_ tensor: Tensor) -> Tensor { Tensor(shape: shape, storage: tensor.storage) }
}
