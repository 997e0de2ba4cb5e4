/// Convolution by im2col and GEMM over packed weights, in tiles of output positions that stay in a core's cache: each is gathered,
/// multiplied and finished before the next. A kernel of 1×1 is multiplied where the input lies.
struct PanelConvolution {
  let g: ConvolutionGeometry
  let context: ExecutionContext

  /// Floats of one tile of patches.
  private static let tileFloats = 1 << 17
  /// Tiles from which on each is one worker's; fewer are multiplied by all workers together, panel by panel.
  private static let manyTiles = 12

  /// Output positions of a tile: products reach their full rate from 32 rows on.
  private var tile: Int { min(max(Self.tileFloats / g.patch, 32), 128) / 16 * 16 }
  /// From one patch to the next: where the input is read in place, the other groups' channels lie between.
  private var patchStride: Int { g.isPointwise ? g.c : g.patch }
  private var panels: Int { PackedMatrix.panels(g.groupK) }

  /// output = epilogue(weight ∗ input). Input N H W C, weight as panels, output N OH OW K.
  func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ epilogue: ConvolutionEpilogue
  ) {
    let pass = Pass(input: input, weight: weight, output: output, epilogue: epilogue)
    if (g.positions + tile - 1) / tile >= Self.manyTiles { byTiles(pass) } else { together(pass) }
  }

  /// The memory of one convolution.
  private struct Pass {
    let input: UnsafePointer<Float>
    let weight: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let epilogue: ConvolutionEpilogue
  }

  private func byTiles(_ pass: Pass) {
    let scratch = g.isPointwise ? [] : context.scratch(tile * g.patch)
    parallelFor(g.positions, blockSize: tile, threads: context.threads) { positions, worker in
      for group in 0..<g.groups {
        var patches = pass.input + positions.lowerBound * g.c + group * g.groupC
        if !g.isPointwise {
          Im2col.gather(pass.input, g, group: group, positions: positions, to: scratch[worker], context.kernels)
          patches = UnsafePointer(scratch[worker])
        }
        for panel in 0..<panels { multiply(pass, patches, group, panel, positions) }
      }
    }
  }

  /// All positions are gathered first, then workers take panels and tiles of them.
  private func together(_ pass: Pass) {
    var patches = pass.input
    let groupPatches = g.isPointwise ? g.groupC : g.positions * g.patch
    if !g.isPointwise {
      let gathered = context.shared(g.groups * groupPatches)
      let blocks = (g.positions + 15) / 16
      parallelFor(g.groups * blocks, threads: context.threads) { unit, _ in
        let (group, block) = unit.quotientAndRemainder(dividingBy: blocks)
        let positions = block * 16..<min((block + 1) * 16, g.positions)
        Im2col.gather(
          pass.input, g, group: group, positions: positions,
          to: gathered + group * groupPatches + positions.lowerBound * g.patch, context.kernels)
      }
      patches = UnsafePointer(gathered)
    }
    let tiles = (g.positions + tile - 1) / tile
    parallelFor(g.groups * panels * tiles, threads: context.threads) { [patches] unit, _ in
      let (panel, index) = unit.quotientAndRemainder(dividingBy: tiles)
      let positions = index * tile..<min((index + 1) * tile, g.positions)
      let group = panel / panels
      multiply(
        pass, patches + group * groupPatches + positions.lowerBound * patchStride, group, panel % panels, positions)
    }
  }

  private func multiply(
    _ pass: Pass, _ patches: UnsafePointer<Float>, _ group: Int, _ panel: Int, _ positions: Range<Int>
  ) {
    let columns = PackedMatrix.range(panel, of: g.groupK)
    let first = group * g.groupK + columns.lowerBound
    let target = pass.output + positions.lowerBound * g.k + first
    PackedMatrix.multiply(
      m: positions.count, n: columns.count, k: g.patch, patches, lda: patchStride,
      pass.weight + (group * g.groupK + columns.lowerBound) * g.patch, target, ldc: g.k)
    pass.epilogue.finish(
      target, rows: positions.count, count: columns.count, stride: g.k, first: first,
      offset: positions.lowerBound * g.k + first, context.kernels)
  }
}
