/// Convolution and its input gradient by im2col and GEMM, in tiles of output positions.
///
/// How the work is split depends on the shapes alone, so that any number of threads computes the same bytes.
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

  /// Input channels that one worker of the gradient owns.
  private static func gradientBlock(_ g: ConvolutionGeometry) -> Int { min(g.groupC, 32) }

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

  /// inputGradient = weightᵀ ∗ outputGradient: what patches receive (GEMM), added to where they came from (col2im).
  ///
  /// Each worker owns some input channels of one image, so that no two add to the same place.
  static func inputGradient(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ context: ExecutionContext
  ) {
    inputGradient.update(repeating: 0, count: g.n * g.h * g.w * g.c)
    let block = gradientBlock(g)
    let blocks = (g.groupC + block - 1) / block
    let tile = 256
    let scratch = context.scratch(tile * g.r * g.s * block)
    parallelFor(g.n * g.groups * blocks, threads: context.threads) { unit, worker in
      let (image, rest) = unit.quotientAndRemainder(dividingBy: g.groups * blocks)
      let (group, index) = rest.quotientAndRemainder(dividingBy: blocks)
      let channels = index * block..<min((index + 1) * block, g.groupC)
      let rowLength = g.r * g.s * channels.count
      let end = (image + 1) * g.oh * g.ow
      for start in stride(from: image * g.oh * g.ow, to: end, by: tile) {
        let positions = start..<min(start + tile, end)
        for tap in 0..<g.r * g.s {
          GEMM.multiply(
            m: positions.count, n: channels.count, k: g.groupK,
            outputGradient + positions.lowerBound * g.k + group * g.groupK, lda: g.k,
            weight + group * g.groupK * g.patch + tap * g.groupC + channels.lowerBound, ldb: g.patch,
            scratch[worker] + tap * channels.count, ldc: rowLength)
        }
        Im2col.scatterAdd(
          scratch[worker], g, channels: channels.count, positions: positions,
          to: inputGradient + group * g.groupC + channels.lowerBound)
      }
    }
  }
}
