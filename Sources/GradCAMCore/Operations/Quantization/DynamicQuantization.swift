import ModelFormats

/// The scale and the zero point that ONNX's DynamicQuantizeLinear chooses for all of its input: those by which 0…255 reaches from the
/// least element to the largest, 0 among them. Neither passes a gradient.
struct DynamicQuantization: FlatOperation {
  enum Gives: Sendable { case scale, zeroPoint }

  let kind = "choose_quantization"
  let gives: Gives
  /// The size of the first axis, which may be a batch: of several images together the choice would be another.
  let first: Int?
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    gives == .scale ? 0 ... .infinity : 0...255
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    guard x.count > 0 else { throw InputError("", "has nothing to choose a scale by in \(x)") }
    guard x.dimensions.first == first else {
      throw InputError("", "chooses one scale for all of \(x)", remedy: "one image at a time")
    }
    return Shape()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { Layout(plain: output) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let (least, most) = inputs[0].withElements { elements in
      elements.reduce((0, 0) as (Float, Float)) { (min($0.0, $1), max($0.1, $1)) }
    }
    let scale = (most == least ? 1 : most - least) / 255
    if gives == .scale { return Tensor([scale], Shape()) }
    return Tensor([min(max(-least / scale, 0), 255).rounded(.toNearestOrEven)], Shape())
  }
}
