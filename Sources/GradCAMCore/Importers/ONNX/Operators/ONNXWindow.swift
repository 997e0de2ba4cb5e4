import ModelFormats

extension ONNXConverters {
  /// The attributes that convolutions and poolings share, for rows and columns; those of a one-dimensional operator are the
  /// columns'.
  struct Window {
    /// 1 or 2.
    let rank: Int
    let kernel: (h: Int, w: Int)
    let stride: (h: Int, w: Int)
    let dilation: (h: Int, w: Int)
    let padding: Padding
    let autoPad: AutoPad

    init(_ node: ONNXNodeContext, kernel: [Int]) throws(InputError) {
      rank = kernel.count
      guard [1, 2].contains(rank) else {
        throw InputError("", "has a kernel of \(kernel)", remedy: "one of one or two dimensions")
      }
      self.kernel = try Self.axes(kernel, "kernel_shape", default: 1, rank)
      stride = try Self.axes(node.ints("strides"), "strides", default: 1, rank)
      dilation = try Self.axes(node.ints("dilations"), "dilations", default: 1, rank)
      guard min(self.kernel.h, self.kernel.w, stride.h, stride.w, dilation.h, dilation.w) >= 1 else {
        throw InputError("", "has a kernel, strides or dilations below one")
      }
      autoPad = try node.choice("auto_pad", default: .notSet)
      padding = try Self.padding(node.ints("pads"), rank)
    }

    /// A number for the rows and one for the columns, of the attribute `name`; of one dimension it is the columns', and the rows have
    /// `value`.
    func axes(_ list: [Int]?, _ name: String, default value: Int) throws(InputError) -> (h: Int, w: Int) {
      try Self.axes(list, name, default: value, rank)
    }

    private static func axes(
      _ list: [Int]?, _ name: String, default value: Int, _ rank: Int
    ) throws(InputError) -> (h: Int, w: Int) {
      guard let list else { return (value, value) }
      guard list.count == rank, list.allSatisfy({ (0...1 << 16).contains($0) }) else {
        throw InputError("", "has the \(name) \(list)", remedy: rank == 1 ? "one number" : "two numbers")
      }
      return list.count == 1 ? (value, list[0]) : (list[0], list[1])
    }

    /// ONNX lists what comes before on each axis, then what comes after.
    private static func padding(_ pads: [Int]?, _ rank: Int) throws(InputError) -> Padding {
      guard let pads else { return Padding(0) }
      guard pads.count == 2 * rank else {
        throw InputError("", "has the pads \(pads), where \(rank == 1 ? "two" : "four") were expected")
      }
      let before = try axes(Array(pads.prefix(rank)), "pads", default: 0, rank)
      let after = try axes(Array(pads.suffix(rank)), "pads", default: 0, rank)
      return Padding(top: before.h, left: before.w, bottom: after.h, right: after.w)
    }
  }
}
