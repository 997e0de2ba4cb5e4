import ModelFormats

/// N C H W to N C·b² H/b W/b: blocks of b × b positions packed into channels.
struct SpaceToDepth: StridedMovement {
  var kind: String { blocks.order == .crd ? "PixelUnshuffle" : "SpaceToDepth" }
  let blocks: SpaceBlocks

  init(block: Int, order: BlockOrder = .dcr) { blocks = SpaceBlocks(size: block, order: order) }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    try blocks.check()
    guard x.h % blocks.size == 0, x.w % blocks.size == 0 else {
      throw InputError("", "packs blocks of \(blocks.size)×\(blocks.size) positions, which do not divide \(x)")
    }
    return Shape(x.n, x.c * blocks.size * blocks.size, x.h / blocks.size, x.w / blocks.size)
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: true, output)
  }

  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    blocks.axes(packed: output, spread: input).map(\.reversed)
  }
}
