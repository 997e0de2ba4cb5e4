import Glibc
import ModelFormats

/// y = eˣ / Σ eˣ along one logical axis; dx = y·(dy − Σ dy·y).
struct Softmax: Operation {
  let kind = "Softmax"
  let axis: Int
  var keeps: Kept { .output }
  var finalActivation: FinalActivation { .softmax }

  /// - Parameter axis: counted from the end where it is negative.
  init(axis: Int = 1) { self.axis = axis }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    _ = try inputs[0].checkedAxis(axis)
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let lanes = StoredAxis(inputs[0].shape, axis)
    return Tensor(inputs[0].shape) { y in
      let x = inputs[0].elements
      lanes.forEachLane { start in
        var largest = -Float.infinity
        for i in 0..<lanes.size { largest = max(largest, x[start + i * lanes.step]) }
        var sum: Float = 0
        for i in 0..<lanes.size {
          let value = expf(x[start + i * lanes.step] - largest)
          y[start + i * lanes.step] = value
          sum += value
        }
        for i in 0..<lanes.size { y[start + i * lanes.step] /= sum }
      }
    }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let lanes = StoredAxis(outputGradient.shape, axis)
    let output = saved.keptOutput
    let gradient = Tensor(outputGradient.shape) { target in
      let (y, dy) = (output.elements, outputGradient.elements)
      lanes.forEachLane { start in
        var dot: Float = 0
        for i in 0..<lanes.size { dot += dy[start + i * lanes.step] * y[start + i * lanes.step] }
        for i in 0..<lanes.size {
          let at = start + i * lanes.step
          target[at] = y[at] * (dy[at] - dot)
        }
      }
    }
    return [gradient]
  }
}
