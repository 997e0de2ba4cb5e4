import ModelFormats

/// N C·b² H W to N C H·b W·b: channels spread over blocks of b × b positions.
struct DepthToSpace: StridedMovement {
  var kind: String { blocks.order == .crd ? "PixelShuffle" : "DepthToSpace" }
  let blocks: SpaceBlocks

  init(block: Int, order: BlockOrder = .dcr) { blocks = SpaceBlocks(size: block, order: order) }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    try blocks.check()
    let area = blocks.size * blocks.size
    guard x.c % area == 0 else {
      throw InputError("", "spreads channels over \(blocks.size)×\(blocks.size) positions, which does not divide \(x)")
    }
    return try Shape(x.n, x.c / area, x.h * blocks.size, x.w * blocks.size).expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: true, output)
  }

  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] { blocks.axes(packed: input, spread: output) }
}
