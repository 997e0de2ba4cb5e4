import ModelFormats

extension ONNXConverters {
  static let convolutions: [String: Converter] = [
    "Conv": convolution,
    "ConvTranspose": transposedConvolution,
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": { (node) throws(InputError) in
      let norm = InstanceNorm2d(
        weight: try node.constant(1).floats, bias: try node.constant(2).floats,
        eps: Double(try node.float("epsilon", default: 1e-5)))
      return [try node.emit(norm, try node.operand(0))]
    },
    "GroupNormalization": groupNormalization,
    "LayerNormalization": { (node) throws(InputError) in
      let norm = LayerNorm(
        start: try node.int("axis", default: -1), weight: try node.optionalConstant(1)?.tensor,
        bias: try node.optionalConstant(2)?.tensor, eps: Double(try node.float("epsilon", default: 1e-5)))
      return [try node.emit(norm, try node.operand(0))]
    },
    "LRN": { (node) throws(InputError) in
      let size = try node.int("size", default: 1)
      guard (1...1 << 16).contains(size) else { throw InputError("", "has a size of \(size) channels") }
      let norm = LocalResponseNorm(
        size: size, alpha: try node.float("alpha", default: 1e-4),
        beta: try node.float("beta", default: 0.75), bias: try node.float("bias", default: 1))
      return [try node.emit(norm, try node.operand(0))]
    },
    "LpNormalization": { (node) throws(InputError) in
      let norm: LpNormalization.Norm = try node.int("p", default: 2) == 1 ? .l1 : .l2
      return [try node.emit(LpNormalization(norm, axis: try node.int("axis", default: -1)), try node.operand(0))]
    },
  ]

  /// What a convolution and its transpose have in common.
  private struct Parts {
    let weight: ConvolutionWeight
    let bias: Tensor?
    let groups: Int
    let window: Window
    let isOneDimensional: Bool

    /// - Parameter outputChannels: from the weights' shape and the number of groups.
    init(_ node: ONNXNodeContext, outputChannels: (Shape, Int) -> Int) throws(InputError) {
      let raw = try node.constant(1)
      isOneDimensional = raw.shape.rank == 3
      guard raw.shape.rank == 4 || isOneDimensional, raw.shape.dimensions.allSatisfy({ $0 >= 1 }) else {
        throw InputError("", "has weights of \(raw.shape)", remedy: "a convolution over one or two dimensions")
      }
      let kernel = Array(raw.shape.dimensions.dropFirst(2))
      if let named = try node.ints("kernel_shape"), named != kernel {
        throw InputError("", "names a kernel of \(named), and its weights are \(raw.shape)")
      }
      window = try Window(node, kernel: kernel)
      groups = try node.int("group", default: 1)
      guard groups >= 1, raw.shape[0] % groups == 0 else {
        throw InputError("", "has weights of \(raw.shape) in \(groups) groups")
      }
      weight =
        isOneDimensional
        ? ConvolutionWeight(raw.tensor.reshaped(to: Shape(raw.shape[0], raw.shape[1], 1, raw.shape[2])), groups: groups)
        : raw.convolutionWeight(node.loader, groups: groups)
      let channels = outputChannels(raw.shape, groups)
      bias = try node.optionalConstant(2)?.tensor.reshaped(to: Shape(channels), orThrow: "has a bias of another length")
    }

    func emit(_ operation: any Operation, _ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
      [try node.emit(isOneDimensional ? OneDimensional(operation) : operation, try node.operand(0))]
    }
  }

  private static func convolution(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let parts = try Parts(node) { shape, _ in shape[0] }
    let window = parts.window
    let operation = Conv2d(
      weight: parts.weight, bias: parts.bias, stride: window.stride, padding: window.padding, dilation: window.dilation,
      autoPad: window.autoPad)
    return try parts.emit(operation, node)
  }

  private static func transposedConvolution(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let parts = try Parts(node) { shape, groups in shape[1] * groups }
    let window = parts.window
    let size = try node.ints("output_shape")
    let operation = ConvTranspose2d(
      weight: parts.weight.tensor, bias: parts.bias, stride: window.stride, padding: window.padding,
      outputPadding: try spatial(node.ints("output_padding"), default: 0), dilation: window.dilation,
      groups: parts.groups, autoPad: window.autoPad,
      outputSize: try size.map { (list) throws(InputError) in try spatial(Array(list.suffix(2)), default: 0) })
    return try parts.emit(operation, node)
  }

  private static func batchNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    guard try node.int("training_mode", default: 0) == 0 else {
      throw InputError("", "is in training mode", remedy: "an export in eval mode")
    }
    var lists: [[Float]] = []
    for index in 1...4 { lists.append(try node.constant(index).floats) }
    guard lists.allSatisfy({ $0.count == lists[0].count }) else {
      throw InputError("", "has statistics of different lengths")
    }
    let norm = BatchNorm2d(
      weight: lists[0], bias: lists[1], runningMean: lists[2], runningVar: lists[3],
      eps: Double(try node.float("epsilon", default: 1e-5)))
    return [try node.emit(norm, try node.operand(0))]
  }

  /// Until operator set 21 scale and bias were one a group; since then they are one a channel.
  private static func groupNormalization(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let groups = try node.int("num_groups", default: 1)
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

extension Tensor {
  /// The same numbers as a list, where there are as many.
  fileprivate func reshaped(to shape: Shape, orThrow problem: String) throws(InputError) -> Tensor {
    guard count == shape.count else { throw InputError("", "\(problem) (\(count), not \(shape.count))") }
    return reshaped(to: shape)
  }
}
