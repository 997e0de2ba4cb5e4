import ModelFormats

extension ONNXConverters {
  /// The attributes that convolutions and poolings share, for rows and columns; those of a one-dimensional operator are the
  /// columns'.
  struct Window {
    let kernel: (h: Int, w: Int)
    let stride: (h: Int, w: Int)
    let dilation: (h: Int, w: Int)
    let padding: Padding
    let autoPad: AutoPad

    init(_ node: ONNXNodeContext, kernel: [Int]) throws(InputError) {
      self.kernel = try spatial(kernel, default: 1)
      stride = try spatial(node.ints("strides"), default: 1)
      dilation = try spatial(node.ints("dilations"), default: 1)
      guard min(self.kernel.h, self.kernel.w, stride.h, stride.w, dilation.h, dilation.w) >= 1 else {
        throw InputError("", "has a kernel, strides or dilations below one")
      }
      let name = try node.string("auto_pad", default: "NOTSET")
      guard let autoPad = AutoPad(rawValue: name) else {
        throw InputError("", "has the unknown auto_pad \(name.printable)")
      }
      self.autoPad = autoPad
      padding = try Self.padding(node.ints("pads"))
    }

    /// ONNX lists what comes before on each axis, then what comes after.
    private static func padding(_ pads: [Int]?) throws(InputError) -> Padding {
      guard let pads else { return Padding(0) }
      guard [2, 4].contains(pads.count) else {
        throw InputError("", "has the pads \(pads), where two or four were expected")
      }
      let before = try spatial(Array(pads.prefix(pads.count / 2)), default: 0)
      let after = try spatial(Array(pads.suffix(pads.count / 2)), default: 0)
      return Padding(top: before.h, left: before.w, bottom: after.h, right: after.w)
    }
  }

  /// A number for the rows and one for the columns; of a list of one it is the columns', and the rows have `value`.
  static func spatial(_ list: [Int]?, default value: Int) throws(InputError) -> (h: Int, w: Int) {
    guard let list else { return (value, value) }
    guard [1, 2].contains(list.count), list.allSatisfy({ (0...1 << 16).contains($0) }) else {
      throw InputError("", "has the sizes \(list), which are not of one or two dimensions")
    }
    return list.count == 1 ? (value, list[0]) : (list[0], list[1])
  }
}
