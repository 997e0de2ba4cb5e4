import CKernels

/// Convolution by Winograd's minimal filtering, in blocks of tiles: transformed, multiplied point by point, and transformed back.
struct WinogradConvolution {
  private let winograd: Winograd
  private let g: ConvolutionGeometry
  private let kernels: gradcam_winograd
  private let tiles: (rows: Int, columns: Int)
  private let context: ExecutionContext

  /// Tiles that one worker takes at a time: products of 32 rows run at full rate.
  private static let block = 32
  /// Tiles that all workers take together where there are too few blocks to share out.
  private static let sharedBlock = 128
  /// Tiles that a worker transforms at a time of those.
  private static let part = 4

  init(_ winograd: Winograd, _ g: ConvolutionGeometry, _ context: ExecutionContext) {
    (self.winograd, self.g, self.context) = (winograd, g, context)
    kernels = winograd.kernels(context.kernels)
    tiles = winograd.tiles(g)
  }

  private var count: Int { g.n * tiles.rows * tiles.columns }
  private var points: Int { winograd.points * winograd.points }

  /// output = epilogue(weight ∗ input). Input N H W C, weight in the Winograd form, output N OH OW K.
  func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ epilogue: ConvolutionEpilogue
  ) {
    guard count > 0 else { return }
    withUnsafePointer(to: epilogue.record) { epilogue in
      let pass = Pass(input: input, weight: weight, output: output, epilogue: epilogue)
      if count >= 8 * Self.block { byBlocks(pass) } else { together(pass) }
    }
  }

  /// The memory of one convolution.
  private struct Pass {
    let input: UnsafePointer<Float>
    let weight: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let epilogue: UnsafePointer<gradcam_epilogue>
  }

  /// Every worker takes blocks, and does all that is to be done with them.
  private func byBlocks(_ pass: Pass) {
    let scratch = context.scratch(points * Self.block * (g.c + g.k))
    parallelFor(count, blockSize: Self.block, threads: context.threads) { range, worker in
      let inputs = scratch[worker]
      let sums = inputs + points * Self.block * g.c
      transform(pass, to: inputs, block: range, part: 0..<range.count)
      for point in 0..<points {
        for panel in 0..<g.groups * PackedMatrix.panels(g.groupK) {
          multiply(pass, inputs, sums, rows: range.count, point, panel)
        }
      }
      finish(pass, sums, block: range, part: 0..<range.count)
    }
  }

  /// All workers share each block: its tiles first, then its products, then its tiles again.
  private func together(_ pass: Pass) {
    let block = min(count, Self.sharedBlock)
    let inputs = context.shared(points * block * (g.c + g.k))
    let panels = g.groups * PackedMatrix.panels(g.groupK)
    for start in stride(from: 0, to: count, by: block) {
      let range = start..<min(start + block, count)
      let sums = inputs + points * range.count * g.c
      parallelFor(range.count, blockSize: Self.part, threads: context.threads) { part, _ in
        transform(pass, to: inputs, block: range, part: part)
      }
      parallelFor(points * panels, threads: context.threads) { unit, _ in
        multiply(pass, inputs, sums, rows: range.count, unit / panels, unit % panels)
      }
      parallelFor(range.count, blockSize: Self.part, threads: context.threads) { part, _ in
        finish(pass, sums, block: range, part: part)
      }
    }
  }

  private func transform(
    _ pass: Pass, to points: UnsafeMutablePointer<Float>, block: Range<Int>, part: Range<Int>
  ) {
    var record = record(block, part)
    (record.height, record.width, record.channels) = (g.h, g.w, g.c)
    kernels.input(pass.input, points, &record)
  }

  private func finish(_ pass: Pass, _ sums: UnsafePointer<Float>, block: Range<Int>, part: Range<Int>) {
    var record = record(block, part)
    (record.height, record.width, record.channels) = (g.oh, g.ow, g.k)
    kernels.output(sums, pass.output, &record, pass.epilogue)
  }

  private func record(_ block: Range<Int>, _ part: Range<Int>) -> gradcam_winograd_tiles {
    gradcam_winograd_tiles(
      height: 0, width: 0, channels: 0, rows: tiles.rows, columns: tiles.columns, top: g.padding.top,
      left: g.padding.left, first: block.lowerBound, count: block.count, begin: part.lowerBound, end: part.upperBound)
  }

  /// The products of one point for one panel of outputs; panels are numbered over all groups.
  private func multiply(
    _ pass: Pass, _ inputs: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, rows: Int, _ point: Int,
    _ panel: Int
  ) {
    let (group, index) = panel.quotientAndRemainder(dividingBy: PackedMatrix.panels(g.groupK))
    let columns = PackedMatrix.range(index, of: g.groupK)
    let matrix = pass.weight + (group * points + point) * g.groupC * g.groupK
    PackedMatrix.multiply(
      m: rows, n: columns.count, k: g.groupC, inputs + point * rows * g.c + group * g.groupC, lda: g.c,
      matrix + columns.lowerBound * g.groupC, sums + point * rows * g.k + group * g.groupK + columns.lowerBound,
      ldc: g.k)
  }
}
