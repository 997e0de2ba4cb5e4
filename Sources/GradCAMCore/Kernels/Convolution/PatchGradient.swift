/// The gradient of a convolution's input for any stride: what patches receive (GEMM), added to where they came from (col2im).
///
/// Each worker owns some input channels of one image, so that no two add to the same place.
struct PatchGradient {
  /// Some input channels of a group and some output positions of one image.
  typealias Part = (group: Int, channels: Range<Int>, positions: Range<Int>)

  let g: ConvolutionGeometry
  let context: ExecutionContext

  /// Channels that one worker owns, of `channels` in a group: fewer where there are few.
  static func block(_ channels: Int) -> Int { channels >= 256 ? 64 : 32 }

  /// inputGradient = weightᵀ ∗ outputGradient; weight as patches.
  func run(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>
  ) {
    run(to: inputGradient, block: Self.block(g.groupC), tile: 128) { part, tap, target, stride in
      let matrices = weight + (part.group * g.groupC + part.channels.lowerBound) * g.r * g.s * g.groupK
      PackedMatrix.multiply(
        m: part.positions.count, n: part.channels.count, k: g.groupK,
        outputGradient + part.positions.lowerBound * g.k + part.group * g.groupK, lda: g.k,
        matrices + tap * g.groupK * part.channels.count, target, ldc: stride)
    }
  }

  /// - Parameters:
  ///   - block: channels that one worker owns.
  ///   - tile: output positions that it takes at a time.
  ///   - multiply: writes what one tap of the patches of some positions receives, rows `stride` apart.
  func run(
    to inputGradient: UnsafeMutablePointer<Float>, block: Int, tile: Int,
    multiply: (_ part: Part, _ tap: Int, _ target: UnsafeMutablePointer<Float>, _ stride: Int) -> Void
  ) {
    inputGradient.update(repeating: 0, count: g.n * g.h * g.w * g.c)
    let blocks = (g.groupC + block - 1) / block
    let scratch = context.scratch(tile * g.r * g.s * block)
    parallelFor(g.n * g.groups * blocks, threads: context.threads) { unit, worker in
      let (image, rest) = unit.quotientAndRemainder(dividingBy: g.groups * blocks)
      let (group, index) = rest.quotientAndRemainder(dividingBy: blocks)
      let channels = index * block..<min((index + 1) * block, g.groupC)
      let end = (image + 1) * g.oh * g.ow
      for start in stride(from: image * g.oh * g.ow, to: end, by: tile) {
        let part = (group: group, channels: channels, positions: start..<min(start + tile, end))
        for tap in 0..<g.r * g.s {
          multiply(part, tap, scratch[worker] + tap * channels.count, g.r * g.s * channels.count)
        }
        Im2col.scatterAdd(
          scratch[worker], g, channels: channels.count, positions: part.positions,
          to: inputGradient + group * g.groupC + channels.lowerBound)
      }
    }
  }
}
