public import ModelFormats

/// The order in which a block's rows and columns are packed into channels.
public enum BlockOrder: String, Sendable, CaseIterable {
  /// Depth, column, row: channel = (row · block + column) · C + c.
  case dcr = "DCR"
  /// Column, row, depth, as in PyTorch's pixel shuffle: channel = (c · block + row) · block + column.
  case crd = "CRD"
}

/// N C·b² H W to N C H·b W·b: channels spread over blocks of b × b positions.
public struct DepthToSpace: Operation {
  public var kind: String { blocks.order == .crd ? "PixelShuffle" : "DepthToSpace" }
  let blocks: SpaceBlocks

  public init(block: Int, order: BlockOrder = .dcr) { blocks = SpaceBlocks(size: block, order: order) }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    try blocks.check()
    let area = blocks.size * blocks.size
    guard x.c % area == 0 else {
      throw InputError("", "spreads channels over \(blocks.size)×\(blocks.size) positions, which does not divide \(x)")
    }
    return try Shape(x.n, x.c / area, x.h * blocks.size, x.w * blocks.size).expectingMemory()
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    blocks.spread(inputs[0], checkedShape(of: [inputs[0].shape]), context)
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [blocks.pack(outputGradient, saved.inputShapes[0], context)] }
}

/// N C H W to N C·b² H/b W/b: blocks of b × b positions packed into channels.
public struct SpaceToDepth: Operation {
  public var kind: String { blocks.order == .crd ? "PixelUnshuffle" : "SpaceToDepth" }
  let blocks: SpaceBlocks

  public init(block: Int, order: BlockOrder = .dcr) { blocks = SpaceBlocks(size: block, order: order) }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    try blocks.check()
    guard x.h % blocks.size == 0, x.w % blocks.size == 0 else {
      throw InputError("", "packs blocks of \(blocks.size)×\(blocks.size) positions, which do not divide \(x)")
    }
    return Shape(x.n, x.c * blocks.size * blocks.size, x.h / blocks.size, x.w / blocks.size)
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    blocks.pack(inputs[0], checkedShape(of: [inputs[0].shape]), context)
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [blocks.spread(outputGradient, saved.inputShapes[0], context)] }
}

/// Blocks of positions, packed into channels and spread again; either is the other's backward pass.
struct SpaceBlocks {
  let size: Int
  let order: BlockOrder

  func check() throws(InputError) {
    guard size >= 1, size <= 1 << 12 else { throw InputError("", "has blocks of \(size)×\(size) positions") }
  }

  func spread(_ packed: Tensor, _ shape: Shape, _ context: ExecutionContext) -> Tensor {
    Tensor(shape) {
      StridedCopy.copy(axes(shape, packed.shape), from: packed.elements, to: $0, threads: context.threads)
    }
  }

  func pack(_ spread: Tensor, _ shape: Shape, _ context: ExecutionContext) -> Tensor {
    Tensor(shape) {
      let back = axes(spread.shape, shape).map(\.reversed)
      StridedCopy.copy(back, from: spread.elements, to: $0, threads: context.threads)
    }
  }

  /// The axes N, C, rows and columns of blocks, rows and columns in a block, from packed to spread.
  private func axes(_ spread: Shape, _ packed: Shape) -> [StridedCopy.Axis] {
    let (from, to) = (StoredAxis.strides(packed), StoredAxis.strides(spread))
    let column = order == .crd ? 1 : spread.c
    return [
      StridedCopy.Axis(size: spread.n, source: from[0], target: to[0]),
      StridedCopy.Axis(size: spread.c, source: from[1] * (order == .crd ? size * size : 1), target: to[1]),
      StridedCopy.Axis(size: packed.h, source: from[2], target: to[2] * size),
      StridedCopy.Axis(size: size, source: from[1] * column * size, target: to[2]),
      StridedCopy.Axis(size: packed.w, source: from[3], target: to[3] * size),
      StridedCopy.Axis(size: size, source: from[1] * column, target: to[3]),
    ]
  }
}
