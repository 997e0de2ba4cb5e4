/// Convolution of every channel by a kernel of its own, without a matrix product, which would have one column.
///
/// Sums of a block of channels stay in registers while a position's taps go by; channels are innermost in all that is read.
/// Forward and backward are the same loop: an output sums over inputs, an input's gradient over the outputs it went into.
enum DepthwiseConvolution {
  /// Where a tap finds its channels: from here on in the source, and from there on in the weights.
  private struct Tap {
    var source: Int
    var weight: Int
  }

  /// Whether a convolution is one of these.
  static func suits(_ g: ConvolutionGeometry) -> Bool { g.groups == g.c && g.k == g.c && g.groups > 1 }

  /// output = epilogue(weight ∗ input). Input N H W C, weight R S C, output N OH OW C.
  static func forward(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ epilogue: ConvolutionEpilogue, _ context: ExecutionContext
  ) {
    let (rows, columns) = taps(g)
    let channels = g.c
    accumulate(input, (g.h, g.w), weight, output, g, rows, columns, context) { sums, offset in
      epilogue.finish(
        sums, rows: 1, count: channels, stride: channels, first: 0, offset: offset, context.kernels)
    }
  }

  /// inputGradient = weightᵀ ∗ outputGradient.
  static func inputGradient(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    _ g: ConvolutionGeometry, _ context: ExecutionContext
  ) {
    let (rows, columns) = taps(g)
    accumulate(
      outputGradient, (g.oh, g.ow), weight, inputGradient, g, rows.turned(count: g.h), columns.turned(count: g.w),
      context
    ) { _, _ in }
  }

  /// By output row, the kernel rows that meet an input row and which; columns likewise.
  private static func taps(_ g: ConvolutionGeometry) -> (rows: AxisTaps<Int>, columns: AxisTaps<Int>) {
    func axis(
      _ outputs: Int, _ kernel: Int, _ stride: Int, _ before: Int, _ dilation: Int, _ inputs: Int
    ) -> AxisTaps<Int> {
      AxisTaps(count: outputs) { index in
        (0..<kernel).compactMap { tap in
          let place = index * stride - before + tap * dilation
          return place >= 0 && place < inputs ? AxisTaps.Tap(place: place, weight: tap) : nil
        }
      }
    }
    return (
      axis(g.oh, g.r, g.stride.h, g.padding.top, g.dilation.h, g.h),
      axis(g.ow, g.s, g.stride.w, g.padding.left, g.dilation.w, g.w)
    )
  }

  /// Writes a sum for every row and column that has taps in the source, whose size is `size`.
  ///
  /// - Parameter finish: gets each position's sums and where they stand in the target.
  private static func accumulate(
    _ source: UnsafePointer<Float>, _ size: (h: Int, w: Int), _ weight: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ g: ConvolutionGeometry, _ rows: AxisTaps<Int>, _ columns: AxisTaps<Int>,
    _ context: ExecutionContext, _ finish: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let channels = g.c
    parallelFor(g.n * rows.count, threads: context.threads) { row, _ in
      let (n, y) = row.quotientAndRemainder(dividingBy: rows.count)
      withUnsafeTemporaryAllocation(of: Tap.self, capacity: rows[y].count * g.s) { taps in
        for x in 0..<columns.count {
          var count = 0
          for vertical in rows[y] {
            let line = (n * size.h + vertical.place) * size.w
            for horizontal in columns[x] {
              let place = (vertical.weight * g.s + horizontal.weight) * channels
              taps[count] = Tap(source: (line + horizontal.place) * channels, weight: place)
              count += 1
            }
          }
          let offset = (row * columns.count + x) * channels
          sum(UnsafeBufferPointer(rebasing: taps[..<count]), source, weight, target + offset, channels)
          finish(target + offset, offset)
        }
      }
    }
  }

  /// sums(c) = Σ over taps of source(c)·weight(c).
  private static func sum(
    _ taps: UnsafeBufferPointer<Tap>, _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>, _ channels: Int
  ) {
    var c = sum(SIMD16<Float>.self, from: 0, taps, source, weights, sums, channels)
    c = sum(SIMD4<Float>.self, from: c, taps, source, weights, sums, channels)
    while c < channels {
      var total: Float = 0
      for tap in taps { total += source[tap.source + c] * weights[tap.weight + c] }
      sums[c] = total
      c += 1
    }
  }

  /// The same for as many whole vectors as there are from channel `first` on; gives the channel after the last.
  @inline(__always)
  private static func sum<Vector: SIMD<Float>>(
    _: Vector.Type, from first: Int, _ taps: UnsafeBufferPointer<Tap>, _ source: UnsafePointer<Float>,
    _ weights: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ channels: Int
  ) -> Int {
    var c = first
    while c + Vector.scalarCount <= channels {
      var total = Vector.zero
      for tap in taps {
        total += load(Vector.self, source + tap.source + c) * load(Vector.self, weights + tap.weight + c)
      }
      UnsafeMutableRawPointer(sums + c).storeBytes(of: total, as: Vector.self)
      c += Vector.scalarCount
    }
    return c
  }

  @inline(__always)
  private static func load<Vector: SIMD<Float>>(_: Vector.Type, _ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
