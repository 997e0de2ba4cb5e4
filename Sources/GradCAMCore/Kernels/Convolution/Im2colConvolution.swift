/// Convolution and its input gradient by im2col and GEMM, in tiles of output positions.
enum Im2colConvolution {
  /// Whether the input itself is the matrix of patches.
  private static func needsNoPatches(_ g: ConvolutionGeometry) -> Bool { g.isPointwise && g.groups == 1 }

  /// Floats of one tile of patches: what stays in a core's second-level cache beside a part of the weights.
  private static let tileFloats = 1 << 18
  /// Output channels that one worker takes where the positions are too few to split.
  private static let channelBlock = 64

  private static func tile(_ g: ConvolutionGeometry) -> Int {
    // GEMM reaches its full rate from about 128 rows on; fewer than 64 cost a quarter of it.
    min(max(tileFloats / g.patch, 64), 256)
  }

  /// output = epilogue(weight ∗ input). Input N H W C, weight K R S C/groups, output N OH OW K.
  static func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) {
    let tile = tile(g)
    let tiles = (g.positions + tile - 1) / tile
    if tiles * g.groups < 4 {
      return forwardByChannels(input: input, weight: weight, output: output, g, epilogue, context)
    }
    let scratch = needsNoPatches(g) ? [] : context.scratch(tile * g.patch)
    parallelFor(tiles * g.groups, threads: context.threads) { unit, worker in
      let (index, group) = unit.quotientAndRemainder(dividingBy: g.groups)
      let positions = index * tile..<min((index + 1) * tile, g.positions)
      var patches = input + positions.lowerBound * g.c
      if !needsNoPatches(g) {
        Im2col.gather(input, g, group: group, positions: positions, to: scratch[worker], context.kernels)
        patches = UnsafePointer(scratch[worker])
      }
      multiply(
        patches, weight, output, g, epilogue, group: group, positions: positions, channels: 0..<g.groupK,
        context.kernels)
    }
  }

  /// The same for few positions: the patches are gathered once, and workers take output channels.
  private static func forwardByChannels(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) {
    let gathered = needsNoPatches(g) ? nil : TensorStorage(count: g.positions * g.patch)
    for group in 0..<g.groups {
      if let gathered {
        parallelFor(g.positions, blockSize: 16, threads: context.threads) { positions, _ in
          Im2col.gather(
            input, g, group: group, positions: positions, to: gathered.base + positions.lowerBound * g.patch,
            context.kernels)
        }
      }
      let patches = gathered.map { UnsafePointer($0.base) } ?? input
      parallelFor(g.groupK, blockSize: channelBlock, threads: context.threads) { channels, _ in
        multiply(
          patches, weight, output, g, epilogue, group: group, positions: 0..<g.positions, channels: channels,
          context.kernels)
      }
    }
  }

  /// Multiplies patches by the weights of some of a group's output channels, and finishes what comes out.
  private static func multiply(
    _ patches: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ epilogue: ConvolutionEpilogue, group: Int, positions: Range<Int>, channels: Range<Int>,
    _ kernels: VectorKernels
  ) {
    let first = group * g.groupK + channels.lowerBound
    let target = output + positions.lowerBound * g.k + first
    GEMM.multiply(
      transposeB: true, m: positions.count, n: channels.count, k: g.patch,
      patches, lda: g.patch, weight + first * g.patch, ldb: g.patch, target, ldc: g.k)
    epilogue.finish(
      target, rows: positions.count, count: channels.count, stride: g.k, first: first,
      offset: positions.lowerBound * g.k + first, kernels)
  }

  /// inputGradient = weightᵀ ∗ outputGradient; weight K R S C/groups.
  static func inputGradient(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ context: ExecutionContext
  ) {
    PatchGradient(g: g, context: context).run(to: inputGradient, block: min(g.groupC, 32), tile: 256) {
      part, tap, target, stride in
      GEMM.multiply(
        m: part.positions.count, n: part.channels.count, k: g.groupK,
        outputGradient + part.positions.lowerBound * g.k + part.group * g.groupK, lda: g.k,
        weight + part.group * g.groupK * g.patch + tap * g.groupC + part.channels.lowerBound, ldb: g.patch, target,
        ldc: stride)
    }
  }
}
