import ModelFormats

extension ONNXConverters {
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

  static func convolution(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    if try node.constant(1).shape.rank == 5 { return try volumeConvolution(node) }
    let parts = try Parts(node) { shape, _ in shape[0] }
    let window = parts.window
    let operation = Conv2d(
      weight: parts.weight, bias: parts.bias, stride: window.stride, padding: window.padding, dilation: window.dilation,
      autoPad: window.autoPad)
    return try parts.emit(operation, node)
  }

  static func transposedConvolution(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let parts = try Parts(node) { shape, groups in shape[1] * groups }
    let window = parts.window
    let size = try node.ints("output_shape").map { (list) throws(InputError) in
      // Some files list batch and channels, too.
      let isWhole = list.count == window.rank + 2
      return try window.axes(isWhole ? Array(list.dropFirst(2)) : list, "output_shape", default: 1)
    }
    let operation = ConvTranspose2d(
      weight: parts.weight.tensor, bias: parts.bias, stride: window.stride, padding: window.padding,
      outputPadding: try window.axes(node.ints("output_padding"), "output_padding", default: 0),
      dilation: window.dilation, groups: parts.groups, autoPad: window.autoPad, outputSize: size)
    return try parts.emit(operation, node)
  }
}

extension Tensor {
  /// The same numbers as a list, where there are as many.
  fileprivate func reshaped(to shape: Shape, orThrow problem: String) throws(InputError) -> Tensor {
    guard count == shape.count else { throw InputError("", "\(problem) (\(count), not \(shape.count))") }
    return reshaped(to: shape)
  }
}
