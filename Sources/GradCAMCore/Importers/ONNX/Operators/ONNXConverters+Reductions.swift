import ModelFormats

extension ONNXConverters {
  static func reduction(_ make: @escaping @Sendable (ReducedAxes) -> any Operation) -> Converter {
    { (node) throws(InputError) in
      let operand = try node.operand(0)
      let axes = try node.intsOrInput("axes", input: 1) ?? []
      if axes.isEmpty, try node.int("noop_with_empty_axes", default: 0) != 0 { return [operand] }
      let keeps = try node.int("keepdims", default: 1) != 0
      return [try node.emit(make(ReducedAxes(axes.isEmpty ? nil : axes, keepsDimensions: keeps)), operand)]
    }
  }
}
