import ModelFormats

extension ONNXConverters {
  static func maxPool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    try pool(node) { window, ceilMode in
      MaxPool2d(
        kernel: window.kernel, stride: window.stride, padding: window.padding, dilation: window.dilation,
        ceilMode: ceilMode, autoPad: window.autoPad)
    }
  }

  static func averagePool(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let countsPadding = try node.int("count_include_pad", default: 0) != 0
    return try pool(node) { window, ceilMode in
      AvgPool2d(
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

  private static func pool(
    _ node: ONNXNodeContext, _ make: (Window, _ ceilMode: Bool) -> any Operation
  ) throws(InputError) -> [ONNXOperand] {
    guard let kernel = try node.ints("kernel_shape") else { throw InputError("", "lacks its kernel_shape") }
    guard node.node.outputs.count == 1 || node.node.outputs[1].isEmpty else {
      throw InputError("", "gives the places of its maxima, which is not supported")
    }
    let operation = make(try Window(node, kernel: kernel), try node.int("ceil_mode", default: 0) != 0)
    return [try node.emit(kernel.count == 1 ? OneDimensional(operation) : operation, try node.operand(0))]
  }
}
