import ModelFormats

extension ONNXConverters {
  static func maxPool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    // The order of the second output, the places of the maxima, which is not given.
    node.passOver("storage_order")
    return try pool(node) { window, ceilMode in
      MaxPool2d(
        kernel: window.kernel, stride: window.stride, padding: window.padding, dilation: window.dilation,
        ceilMode: ceilMode, autoPad: window.autoPad)
    }
  }

  static func averagePool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let countsPadding = try node.int("count_include_pad", default: 0) != 0
    return try pool(node) { window, ceilMode in
      guard window.dilation == (1, 1) else {
        let taken = PoolingWindow(
          kernel: window.kernel, stride: window.stride, padding: window.padding, dilation: window.dilation,
          ceilMode: ceilMode, autoPad: window.autoPad)
        return DilatedAvgPool2d(window: taken, countIncludePad: countsPadding)
      }
      return AvgPool2d(
        kernel: window.kernel, stride: window.stride, padding: window.padding, ceilMode: ceilMode,
        countIncludePad: countsPadding, autoPad: window.autoPad)
    }
  }

  static func lpPool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let p = Float(try node.int("p", default: 2))
    return try pool(node) { window, ceilMode in
      LpPool2d(
        p: p, kernel: window.kernel, stride: window.stride, padding: window.padding, dilation: window.dilation,
        ceilMode: ceilMode, autoPad: window.autoPad)
    }
  }

  /// Over all axes behind the channels: two of feature maps, one of tokens (PyTorch's `AdaptiveAvgPool1d`).
  static func globalAveragePool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let x = try node.operand(0)
    if x.shape.rank == 4 || x.shape.rank < 3 { return [try node.emit(AdaptiveAvgPool2d(), x)] }
    return [try node.emit(ReduceMean(reduced: ReducedAxes(Array(2..<x.shape.rank))), x)]
  }

  static func globalMaxPool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let x = try node.operand(0)
    return [try node.emit(x.shape.rank == 3 ? OneDimensional(GlobalMaxPool()) : GlobalMaxPool(), x)]
  }

  private static func pool(
    _ node: ONNXNodeContext, _ make: (Window, _ ceilMode: Bool) throws(InputError) -> any Operation
  ) throws(InputError) -> [ONNXOperand] {
    guard let kernel = try node.ints("kernel_shape") else { throw InputError("", "lacks its kernel_shape") }
    let operation = try make(try Window(node, kernel: kernel), try node.int("ceil_mode", default: 0) != 0)
    return [try node.emit(kernel.count == 1 ? OneDimensional(operation) : operation, try node.operand(0))]
  }
}
