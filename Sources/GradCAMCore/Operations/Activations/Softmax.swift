import Glibc

/// y = eˣ / Σ eˣ along one logical axis; dx = y·(dy − Σ dy·y).
struct Softmax: LaneOperation {
  let kind = "Softmax"
  var axis = 1
  var keeps: Kept { .output }
  var attentionPart: AttentionPart? { .shares(axis: axis) }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  /// Along another axis than the classes' it is no activation of theirs.
  func finalActivation(of input: Shape?) -> FinalActivation {
    guard let input else { return .softmax }
    return input.isLane(input.axis(axis)) ? .softmax : .none
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let lanes = StoredAxis(inputs[0].shape, axis)
    return Tensor(inputs[0].shape) { y in
      let x = inputs[0].elements
      lanes.forEachLane { Softmax.write(x + $0, to: y + $0, count: lanes.size, step: lanes.step, expf) }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let lanes = StoredAxis(dy.shape, axis)
    let output = saved.keptOutput
    let gradient = Tensor(dy.shape) { target in
      let (y, gradient) = (output.elements, dy.elements)
      lanes.forEachLane { start in
        var dot: Float = 0
        for i in 0..<lanes.size { dot += gradient[start + i * lanes.step] * y[start + i * lanes.step] }
        for i in 0..<lanes.size {
          let at = start + i * lanes.step
          target[at] = y[at] * (gradient[at] - dot)
        }
      }
    }
    return [gradient]
  }

  // MARK: The function itself

  /// eˣ / Σ eˣ.
  static func values(of x: [Float]) -> [Float] { values(of: x, expf) }

  /// eˣ / Σ eˣ in double precision.
  static func values(of x: [Double]) -> [Double] { values(of: x, exp) }

  private static func values<Number: BinaryFloatingPoint>(of x: [Number], _ exp: (Number) -> Number) -> [Number] {
    [Number](unsafeUninitializedCapacity: x.count) { target, initialized in
      if let y = target.baseAddress { write(x, to: y, count: x.count, exp) }
      initialized = x.count
    }
  }

  /// y = eˣ / Σ eˣ for `count` numbers, `step` apart.
  @inline(__always)
  private static func write<Number: BinaryFloatingPoint>(
    _ x: UnsafePointer<Number>, to y: UnsafeMutablePointer<Number>, count: Int, step: Int = 1,
    _ exp: (Number) -> Number
  ) {
    var largest = -Number.infinity
    for i in 0..<count { largest = max(largest, x[i * step]) }
    var sum: Number = 0
    for i in 0..<count {
      let value = exp(x[i * step] - largest)
      y[i * step] = value
      sum += value
    }
    for i in 0..<count { y[i * step] /= sum }
  }
}
