import ModelFormats

extension ONNXConverters {
  /// Blocks of a picture put together; of pictures of two axes.
  static func col2im(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (size, block) = (try node.constant(1).integers, try node.constant(2).integers)
    guard size.count == 2, block.count == 2 else {
      throw InputError(
        "", "puts blocks of \(block.count) axes into a picture of \(size.count)", remedy: "two axes each")
    }
    func pair(_ name: String) throws(InputError) -> (h: Int, w: Int) {
      let list = try node.ints(name) ?? [1, 1]
      guard list.count == 2 else { throw InputError("", "has \(list.count) \(name)", remedy: "two numbers") }
      return (list[0], list[1])
    }
    let pads = try node.ints("pads") ?? [0, 0, 0, 0]
    guard pads.count == 4 else { throw InputError("", "has \(pads.count) pads, where four were expected") }
    let operation = Col2Im(
      size: (size[0], size[1]), block: (block[0], block[1]), stride: try pair("strides"),
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]), dilation: try pair("dilations"))
    return [try node.emit(operation, try node.operand(0))]
  }

  /// A convolution over depth, height and width: for every depth of the output, one over height and width whose channels are those of all
  /// the depths that it sees.
  static func volumeConvolution(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (volume, weight) = (try node.operand(0), try node.constant(1))
    guard volume.shape.rank == 5 else { throw InputError("", "convolves \(volume.shape) by \(weight.shape)") }
    let kernel = weight.shape[2]
    let depth = try DepthWindow(node, input: volume.shape[2], kernel: kernel)
    var x = volume
    if depth.before > 0 || depth.after > 0 {
      x = try node.emit(
        Pad(axes: [2], before: [depth.before], after: [depth.after], mode: .constant(0)), volume)
    }
    // N C OD KD H W, then every depth as an image of its own, of C·KD channels.
    let seen = (0..<depth.count).flatMap { place in (0..<kernel).map { place * depth.stride + $0 * depth.dilation } }
    let windows = try node.emit(Gather(axis: 2, indices: seen, shape: Shape(depth.count, kernel)), x)
    let channels = volume.shape[1] * kernel
    let (height, width) = (volume.shape[3], volume.shape[4])
    let turned = try node.emit(Transpose([0, 2, 1, 3, 4, 5]), windows)
    let images = try node.emit(Reshape([-1, channels, height, width]), turned)
    let flat = weight.tensor.reshaped(
      to: Shape(weight.shape[0], weight.shape[1] * kernel, weight.shape[3], weight.shape[4]))
    var operands = node.operands
    operands[0] = images
    operands[1] = .constant(ONNXConstant(flat, isInteger: false))
    let inner = ONNXNodeContext(
      node: depth.flatNode(node.node), operands: operands, loader: node.loader, emit: node.emit)
    node.passOver(input: 2)
    guard let y = try convolution(inner).first else { return [] }
    let maps = try node.emit(Reshape([-1, depth.count, y.shape[1], y.shape[2], y.shape[3]]), y)
    return [try node.emit(Transpose([0, 2, 1, 3, 4]), maps)]
  }
}

/// The part of a convolution's window that lies along the depth.
private struct DepthWindow {
  let stride: Int
  let dilation: Int
  /// Zeros in front and behind.
  let before: Int
  let after: Int
  /// Depths of the output.
  let count: Int

  init(_ node: ONNXNodeContext, input: Int, kernel: Int) throws(InputError) {
    node.passOver("group")
    func first(_ name: String) throws(InputError) -> Int {
      let list = try node.ints(name) ?? [1, 1, 1]
      guard list.count == 3, (1...1 << 16).contains(list[0]) else {
        throw InputError("", "has \(list.count) \(name) or one below 1", remedy: "three numbers")
      }
      return list[0]
    }
    if let named = try node.ints("kernel_shape"), named.count != 3 || named[0] != kernel {
      throw InputError("", "names a kernel of \(named.count) axes, and its weights have the depth \(kernel)")
    }
    (stride, dilation) = (try first("strides"), try first("dilations"))
    let pads = try node.ints("pads") ?? [0, 0, 0, 0, 0, 0]
    guard pads.count == 6, (0...1 << 16).contains(pads[0]), (0...1 << 16).contains(pads[3]) else {
      throw InputError("", "has \(pads.count) pads or negative ones, where six were expected")
    }
    let auto: AutoPad = try node.choice("auto_pad", default: .notSet)
    let padding = auto.resolve(
      Padding(top: pads[0], left: 0, bottom: pads[3], right: 0), input: (input, 1), kernel: (kernel, 1),
      stride: (stride, 1), dilation: (dilation, 1))
    (before, after) = (padding.top, padding.bottom)
    let room = input + before + after - (kernel - 1) * dilation - 1
    guard input >= 1, kernel >= 1, room >= 0 else {
      throw InputError("", "has a kernel of the depth \(kernel) for an input of \(input)")
    }
    count = room / stride + 1
    guard count * kernel <= 1 << 20 else { throw InputError("", "has \(count) windows of the depth \(kernel)") }
  }

  /// The node over height and width alone.
  func flatNode(_ node: ONNXNode) -> ONNXNode {
    var flat = node
    for name in ["kernel_shape", "strides", "dilations", "pads"] {
      guard case .ints(let list) = node.attributes[name] else { continue }
      // Pads list what comes in front on each axis, then what comes behind.
      flat.attributes[name] = .ints(name == "pads" ? Array(list[1...2] + list[4...5]) : Array(list.dropFirst()))
    }
    return flat
  }
}
