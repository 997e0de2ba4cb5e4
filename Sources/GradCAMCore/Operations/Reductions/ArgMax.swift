import ModelFormats

/// The index of the largest element along one logical axis, or of the smallest, the first of equal ones or the last; NaN is the best.
/// No gradient passes.
struct ArgMax: FlatOperation {
  var kind: String { findsLeast ? "argmin" : "argmax" }
  /// Counted from the end where it is negative.
  let axis: Int
  var keepsDimensions = true
  var takesLast = false
  var findsLeast = false

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    var shape = try expectInput(inputs)
    let axis = try shape.checkedAxis(axis)
    guard shape[axis] > 0 else { throw InputError("", "has nothing to choose from in \(shape)") }
    if keepsDimensions {
      shape[axis] = 1
    } else {
      shape.dimensions.remove(at: axis)
    }
    return shape
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.dropping([shapes[0].axis(axis)], keepsDimensions: keepsDimensions)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let lanes = StoredAxis(x.shape, axis)
    let indices = Tensor(Reduction.keptShape(x.shape, [x.shape.axis(axis)])) { target in
      // Lanes are met in the order that their results are stored in.
      var next = target
      lanes.forEachLane { start in
        let lane = x.elements + start
        var best = 0
        for i in 1..<max(lanes.size, 1) where !lane[best * lanes.step].isNaN {
          let value = lane[i * lanes.step]
          let known = lane[best * lanes.step]
          let isBetter = findsLeast ? value < known : value > known
          if isBetter || takesLast && value == known || value.isNaN { best = i }
        }
        next.pointee = Float(best)
        next += 1
      }
    }
    return indices.reshaped(to: checkedShape(of: [x.shape]))
  }
}
