import ModelFormats

extension ONNXConverters {
  static func instanceNormalization(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    InstanceNorm2d(
      weight: try node.constant(1).floats, bias: try node.constant(2).floats,
      eps: Double(try node.float("epsilon", default: 1e-5)))
  }

  static func layerNormalization(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    // The kind of float that statistics are taken in; here it is float64.
    node.passOver("stash_type")
    return LayerNorm(
      start: try node.int("axis", default: -1), weight: try node.optionalConstant(1)?.tensor,
      bias: try node.optionalConstant(2)?.tensor, eps: Double(try node.float("epsilon", default: 1e-5)))
  }

  /// Operator set 23 and later. A scale that depends on the image is a factor of its own.
  static func rmsNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // The kind of float that the mean is taken in; here it is float64.
    node.passOver("stash_type")
    let (operand, scale) = (try node.operand(0), try node.operand(1))
    var norm = RMSNorm(
      start: try node.int("axis", default: -1), eps: Double(try node.float("epsilon", default: 1e-5)))
    guard case .constant(let weight) = scale else {
      return [try node.emit(Mul(), try node.emit(norm, operand), scale)]
    }
    norm.weight = weight.tensor
    return [try node.emit(norm, operand)]
  }

  /// (x − mean)/(deviation + 1e-9) over some axes.
  static func meanVarianceNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let mean = ReduceMean(reduced: ReducedAxes(try node.ints("axes") ?? [0, 2, 3]))
    let centred = try node.emit(Sub(), operand, try node.emit(mean, operand))
    let variance = try node.emit(mean, try node.emit(Mul(), centred, centred))
    let deviation = try node.emit(Add(), try node.emit(Sqrt(), variance), .scalar(1e-9))
    return [try node.emit(Div(), centred, deviation)]
  }

  static func localResponseNormalization(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    let size = try node.requiredInt("size")
    guard (1...1 << 16).contains(size) else { throw InputError("", "has a size of \(size) channels") }
    return LocalResponseNorm(
      size: size, alpha: try node.float("alpha", default: 1e-4),
      beta: try node.float("beta", default: 0.75), bias: try node.float("bias", default: 1))
  }

  static func lpNormalization(_ node: ONNXNodeContext) throws(InputError) -> any Operation {
    let p = try node.int("p", default: 2)
    guard [1, 2].contains(p) else { throw node.notComputed("p", p) }
    return LpNormalization(norm: p == 1 ? .l1 : .l2, axis: try node.int("axis", default: -1))
  }

  static func batchNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // Of training alone.
    node.passOver("momentum")
    let isSpatial = try node.int("spatial", default: 1)
    guard isSpatial != 0 else { throw node.notComputed("spatial", isSpatial) }
    // Until operator set 14 it was in training mode where it gives the statistics, too.
    let givesStatistics = node.opset < 14 && node.node.outputs.dropFirst().contains { !$0.isEmpty }
    let isTraining = try node.int("training_mode", default: 0) != 0 || givesStatistics
    if isTraining, case .constant = try node.operand(0) { return [try standardization(node)] }
    if case .value? = node.optional(3), case .value? = node.optional(4) {
      return [try ownBatchNormalization(node, isTraining: isTraining)]
    }
    guard !isTraining else { throw InputError("", "is in training mode", remedy: "an export in eval mode") }
    var lists: [[Float]] = []
    for index in 1...4 { lists.append(try node.constant(index).floats) }
    guard lists.allSatisfy({ $0.count == lists[0].count }) else {
      throw InputError("", "has statistics of different lengths")
    }
    let operation = BatchNorm2d(
      weight: lists[0], bias: lists[1], runningMean: lists[2], runningVar: lists[3],
      eps: Double(try node.float("epsilon", default: 1e-5)))
    return [try node.emit(operation, try node.operand(0))]
  }

  /// PyTorch's batch norms without running statistics: the mean and variance of what they normalise are found in the image, over a
  /// batch of one. In training mode the node takes them itself; else it is given them.
  private static func ownBatchNormalization(
    _ node: ONNXNodeContext, isTraining: Bool
  ) throws(InputError) -> ONNXOperand {
    let x = try node.operand(0)
    let eps = try node.float("epsilon", default: 1e-5)
    guard x.shape.rank >= 3, x.shape[0] == 1 else {
      throw InputError(
        "", "normalises \(x.shape) by statistics of its own over the batch",
        remedy: "a batch of one with several positions")
    }
    if isTraining {
      return try node.emit(
        InstanceNorm2d(weight: try node.constant(1).floats, bias: try node.constant(2).floats, eps: Double(eps)), x)
    }
    var parts: [ONNXOperand] = []
    let column = [x.shape[1]] + [Int](repeating: 1, count: x.shape.rank - 2)
    for index in 1...4 { parts.append(try node.emit(Reshape(column), try node.operand(index))) }
    // Of several images the statistics would be those of all: this shape is one image's, and holds no other number of them.
    let one = try node.emit(Reshape(x.shape.dimensions), x)
    let deviation = try node.emit(Sqrt(), try node.emit(Add(), parts[3], .scalar(eps)))
    let normal = try node.emit(Div(), try node.emit(Sub(), one, parts[2]), deviation)
    return try node.emit(Add(), try node.emit(Mul(), normal, parts[0]), parts[1])
  }

  /// Until operator set 21 scale and bias were one a group; since then they are one a channel.
  static func groupNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let groups = try node.requiredInt("num_groups")
    // The kind of float that statistics are taken in; here it is float64.
    node.passOver("stash_type")
    guard operand.shape.rank >= 2, groups >= 1, operand.shape[1] % groups == 0 else {
      throw InputError("", "parts \(operand.shape) into \(groups) groups")
    }
    let channels = operand.shape[1]
    var lists: [[Float]] = []
    for index in 1...2 {
      let list = try node.constant(index).floats
      guard list.count == channels || list.count == groups else {
        throw InputError("", "has \(list.count) numbers for \(channels) channels")
      }
      lists.append(list.count == channels ? list : list.flatMap { Array(repeating: $0, count: channels / groups) })
    }
    let eps = Double(try node.float("epsilon", default: 1e-5))
    return [try node.emit(GroupNorm(groups: groups, weight: lists[0], bias: lists[1], eps: eps), operand)]
  }
}
