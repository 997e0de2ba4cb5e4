import ModelFormats

/// An operation that puts its third input at the places of its first which the second names. Indices get no gradient.
///
/// Entries are put one after the other, and the backward pass takes the same way back: of two at one place the last one stays where
/// they replace, both count where they are joined. A tie between what is there and a new number goes to what is there. An index
/// that depends on the image, and names what is not there, makes every element NaN.
protocol ScatteringOperation: Operation {
  var joining: ScatterJoining { get }
  /// The number of images whose places are named, where the indices count images, too; nil where they do not.
  var imageCount: Int? { get }

  /// Checks the shapes.
  func expectUpdates(_ data: Shape, _ indices: Shape, _ updates: Shape) throws(InputError)

  /// Where the entries stand in the first input.
  ///
  /// - Precondition: shapes that were checked.
  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces
}

/// What becomes of an element and of what is put in its place: ONNX's `reduction`.
enum ScatterJoining: String, Sendable, CaseIterable {
  case replacing = "none"
  case adding = "add"
  case multiplying = "mul"
  case keepingLargest = "max"
  case keepingSmallest = "min"

  @inline(__always)
  func joined(_ old: Float, _ new: Float) -> Float {
    switch self {
    case .replacing: new
    case .adding: old + new
    case .multiplying: old * new
    case .keepingLargest: new > old || new.isNaN ? new : old
    case .keepingSmallest: new < old || new.isNaN ? new : old
    }
  }

  /// The slopes of what is joined with respect to both.
  @inline(__always)
  func slopes(_ old: Float, _ new: Float) -> (old: Float, new: Float) {
    switch self {
    case .replacing: (0, 1)
    case .adding: (1, 1)
    case .multiplying: (new, old)
    case .keepingLargest: new > old || new.isNaN ? (0, 1) : (1, 0)
    case .keepingSmallest: new < old || new.isNaN ? (0, 1) : (1, 0)
    }
  }
}

extension ScatteringOperation {
  var keeps: Kept { .inputs }
  var onlyMovesOrPools: Bool { true }
  func isAffine(inInput position: Int) -> Bool {
    position != 1 && (joining == .replacing || joining == .adding)
  }
  var hasKinks: Bool { joining == .keepingLargest || joining == .keepingSmallest }

  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    joining == .adding || joining == .multiplying ? .everything : .hull([inputs[0], inputs[2]])
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 3)
    if let imageCount, inputs[0].dimensions.first != imageCount {
      throw InputError("", "names places of \(imageCount) image(s), not of \(inputs[0])", remedy: "one at a time")
    }
    try expectUpdates(inputs[0], inputs[1], inputs[2])
    return inputs[0]
  }

  /// Every element belongs to its place in the first input.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { inputs[0] }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    run(inputs, context) { _, _ in }
  }

  /// The first input with the entries put in.
  ///
  /// - Parameter before: told of every number of the third input what stood in its place before.
  private func run(
    _ inputs: [Tensor], _ context: ExecutionContext, before: (_ update: Int, _ old: Float) -> Void
  ) -> Tensor {
    let (data, updates) = (inputs[0], inputs[2].reshaped(to: Shape(inputs[2].count), threads: context.threads))
    let places = places(inputs[1], in: data.shape)
    let flat = data.reshaped(to: Shape(data.count), threads: context.threads)
    let result = Tensor(Shape(data.count)) { target in
      target.update(from: flat.elements, count: data.count)
      for (entry, start) in places.starts.enumerated() where start >= 0 {
        for i in 0..<places.length {
          let update = entry * places.length + i
          before(update, target[start + i])
          target[start + i] = joining.joined(target[start + i], updates.elements[update])
        }
      }
      if !places.areAll { target.update(repeating: .nan, count: data.count) }
    }
    return result.reshaped(to: data.shape, threads: context.threads)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let updates = saved.inputs[2]
    let new = updates.reshaped(to: Shape(updates.count), threads: context.threads)
    var old = [Float](repeating: 0, count: updates.count)
    _ = run(saved.inputs, context) { old[$0] = $1 }
    let places = places(saved.inputs[1], in: dy.shape)
    let flat = dy.reshaped(to: Shape(dy.count), threads: context.threads)
    var ofUpdates = [Float](repeating: 0, count: updates.count)
    let ofData = Tensor(Shape(dy.count)) { target in
      target.update(from: flat.elements, count: dy.count)
      for (entry, start) in places.starts.enumerated().reversed() where start >= 0 {
        for i in 0..<places.length {
          let update = entry * places.length + i
          let slopes = joining.slopes(old[update], new.elements[update])
          ofUpdates[update] = through(slopes.new, target[start + i])
          target[start + i] = through(slopes.old, target[start + i])
        }
      }
    }
    return [
      ofData.reshaped(to: dy.shape, threads: context.threads),
      Tensor(repeating: 0, saved.inputShapes[1]),
      Tensor(ofUpdates, updates.shape),
    ]
  }
}
