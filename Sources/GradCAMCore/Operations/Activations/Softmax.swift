import Glibc

/// y = eˣ / Σ eˣ along one logical axis; dx = y·(dy − Σ dy·y).
struct Softmax: LaneOperation, WritingOperation {
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

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    LaneKernels(StoredAxis(inputs[0].shape, axis)).softmax(inputs[0].elements, to: output, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let kernels = LaneKernels(StoredAxis(dy.shape, axis))
    return [Tensor(dy.shape) { kernels.softmaxGradient(dy.elements, saved.keptOutput.elements, to: $0, context) }]
  }

  // MARK: The function itself

  /// eˣ / Σ eˣ.
  static func values(of x: [Float]) -> [Float] { values(of: x, expf) }

  /// eˣ / Σ eˣ in double precision.
  static func values(of x: [Double]) -> [Double] { values(of: x, exp) }

  private static func values<Number: BinaryFloatingPoint>(of x: [Number], _ exp: (Number) -> Number) -> [Number] {
    [Number](unsafeUninitializedCapacity: x.count) { target, initialized in
      if let y = target.baseAddress { write(x, to: y, exp) }
      initialized = x.count
    }
  }

  private static func write<Number: BinaryFloatingPoint>(
    _ x: [Number], to y: UnsafeMutablePointer<Number>, _ exp: (Number) -> Number
  ) {
    var largest = -Number.infinity
    for x in x { largest = max(largest, x) }
    var sum: Number = 0
    for i in x.indices {
      let value = exp(x[i] - largest)
      y[i] = value
      sum += value
    }
    for i in x.indices { y[i] /= sum }
  }
}
