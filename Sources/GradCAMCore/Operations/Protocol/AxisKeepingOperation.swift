/// An operation of one input whose output has the input's axes.
///
/// Each element of the output belongs to the place of the input's, whatever else it is made of.
protocol AxisKeepingOperation: Operation {
  /// The axes along which elements are mixed, of an input of this shape; none where each comes from its own place alone.
  func mixedAxes(of input: Shape) -> [Int]
}

extension AxisKeepingOperation {
  func mixedAxes(of input: Shape) -> [Int] { [] }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.mixingMergedPatches(mixedAxes(of: shapes[0]))
  }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] {
    let (mixed, tokens) = (mixedAxes(of: shapes[0]), inputs[0]?.tokenAxis)
    if mixed.contains(where: { $0 == tokens }) { return [needs.everywhere] }
    return [mixed.isEmpty ? needs : needs.ofAllFeatures]
  }
}
