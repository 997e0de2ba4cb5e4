/// ONNX's `auto_pad`: padding that follows from the input's size.
public enum AutoPad: String, Sendable, CaseIterable {
  /// The padding is given.
  case notSet = "NOTSET"
  /// As many outputs as inputs, divided by the stride and rounded up; an odd one goes to the bottom and right.
  case sameUpper = "SAME_UPPER"
  /// The same, an odd one going to the top and left.
  case sameLower = "SAME_LOWER"
  /// None.
  case valid = "VALID"

  /// The padding of a convolution or pooling over an input of the size `input`; `padding` is what was given.
  func resolve(
    _ padding: Padding, input: (h: Int, w: Int), kernel: (h: Int, w: Int), stride: (h: Int, w: Int),
    dilation: (h: Int, w: Int)
  ) -> Padding {
    switch self {
    case .notSet: return padding
    case .valid: return Padding(0)
    case .sameUpper, .sameLower:
      let (top, bottom) = share(AutoPad.total(input.h, kernel.h, stride.h, dilation.h))
      let (left, right) = share(AutoPad.total(input.w, kernel.w, stride.w, dilation.w))
      return Padding(top: top, left: left, bottom: bottom, right: right)
    }
  }

  /// Splits a total into what goes before and what goes after.
  func share(_ total: Int) -> (before: Int, after: Int) {
    let less = total / 2
    return self == .sameLower ? (total - less, less) : (less, total - less)
  }

  private static func total(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
    let outputs = (size + stride - 1) / stride
    return max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
  }
}
