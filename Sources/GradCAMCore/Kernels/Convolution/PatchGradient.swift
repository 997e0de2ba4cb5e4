/// The gradient of a convolution's input for any stride: what patches receive (GEMM over packed weights), added to where they came
/// from (col2im).
///
/// Each worker owns some input channels of one image, so that no two add to the same place, and sums depend on the shapes alone.
struct PatchGradient {
  private let g: ConvolutionGeometry
  private let context: ExecutionContext

  /// Output positions of a tile.
  private static let tile = 128

  init(_ g: ConvolutionGeometry, _ context: ExecutionContext) { (self.g, self.context) = (g, context) }

  /// Channels that one worker owns, of `channels` in a group: fewer where there are few.
  static func block(_ channels: Int) -> Int { channels >= 256 ? 64 : 32 }

  /// inputGradient = weightᵀ ∗ outputGradient; weight as patches.
  func run(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>
  ) {
    inputGradient.update(repeating: 0, count: g.n * g.h * g.w * g.c)
    let block = Self.block(g.groupC)
    let blocks = (g.groupC + block - 1) / block
    let scratch = context.scratch(Self.tile * g.r * g.s * block)
    parallelFor(g.n * g.groups * blocks, threads: context.threads) { unit, worker in
      let (image, rest) = unit.quotientAndRemainder(dividingBy: g.groups * blocks)
      let (group, index) = rest.quotientAndRemainder(dividingBy: blocks)
      let channels = index * block..<min((index + 1) * block, g.groupC)
      let rowLength = g.r * g.s * channels.count
      let matrices = weight + (group * g.groupC + channels.lowerBound) * g.r * g.s * g.groupK
      let end = (image + 1) * g.oh * g.ow
      for start in stride(from: image * g.oh * g.ow, to: end, by: Self.tile) {
        let positions = start..<min(start + Self.tile, end)
        for tap in 0..<g.r * g.s {
          PackedMatrix.multiply(
            m: positions.count, n: channels.count, k: g.groupK,
            outputGradient + positions.lowerBound * g.k + group * g.groupK, lda: g.k,
            matrices + tap * g.groupK * channels.count, scratch[worker] + tap * channels.count, ldc: rowLength)
        }
        Im2col.scatterAdd(
          scratch[worker], g, channels: channels.count, positions: positions,
          to: inputGradient + group * g.groupC + channels.lowerBound)
      }
    }
  }
}
