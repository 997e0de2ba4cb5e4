import CKernels

/// The windows of a feature map, row of outputs by row, as the kernels in C take them.
///
/// Made of the taps along either axis: by output row or column, the places in the source, each with its place in the window.
struct WindowRows: Sendable {
  private let rows: AxisTaps<Int>
  /// By output column where its taps begin, and the taps' places in the source and in the window.
  private let starts: [Int32]
  private let places: [Int32]
  private let columns: [Int32]
  private let size: (h: Int, w: Int)
  private let channels: Int
  /// Floats of a window's row of weights.
  private let weightRow: Int

  /// The most taps that are listed; windows far larger than any network's would take gigabytes.
  private static let mostTaps = 1 << 20

  /// Whether so many windows of so many places are few enough to be listed.
  static func canList(outputs: (h: Int, w: Int), window: (h: Int, w: Int)) -> Bool {
    let (rows, tooTall) = outputs.h.multipliedReportingOverflow(by: window.h)
    let (columns, tooWide) = outputs.w.multipliedReportingOverflow(by: window.w)
    return !tooTall && !tooWide && max(rows, columns) <= mostTaps
  }

  /// - Parameters:
  ///   - size: of the source.
  ///   - windowWidth: columns of a window's weights, where it has any.
  init(rows: AxisTaps<Int>, columns: AxisTaps<Int>, size: (h: Int, w: Int), channels: Int, windowWidth: Int = 0) {
    (self.rows, self.size, self.channels) = (rows, size, channels)
    weightRow = windowWidth * channels
    starts = columns.starts.map(Int32.init)
    places = columns.taps.map { Int32($0.place * channels) }
    self.columns = columns.taps.map { Int32($0.weight * channels) }
  }

  /// Calls `body` for every row of outputs of `images` images, with its number over all images.
  func forEach(
    _ source: UnsafePointer<Float>, images: Int, threads: Workers,
    _ body: (UnsafePointer<gradcam_taps>, _ row: Int) -> Void
  ) {
    parallelFor(images * rows.count, threads: threads) { row, _ in
      let (image, y) = row.quotientAndRemainder(dividingBy: rows.count)
      let base = source + image * size.h * size.w * channels
      let met = rows[y]
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: met.count) { pointers in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: met.count) { weights in
          for (index, tap) in met.enumerated() {
            pointers.initializeElement(at: index, to: base + tap.place * size.w * channels)
            weights.initializeElement(at: index, to: tap.weight * weightRow)
          }
          var taps = gradcam_taps()
          (taps.rows, taps.row_weights) = (UnsafePointer(pointers.baseAddress), UnsafePointer(weights.baseAddress))
          (taps.row_count, taps.width, taps.channels) = (met.count, starts.count - 1, channels)
          withColumns(&taps) { body($0, row) }
        }
      }
    }
  }

  /// Writes the largest element of each window; a NaN is larger than everything.
  func maxima(_ input: Tensor, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let kernel = context.kernels.functions.max_pool
    forEach(input.elements, images: input.shape.n, threads: context.threads) { taps, row in
      kernel?(taps, output + row * (starts.count - 1) * channels)
    }
  }

  private func withColumns(_ taps: inout gradcam_taps, _ body: (UnsafePointer<gradcam_taps>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      places.withUnsafeBufferPointer { places in
        columns.withUnsafeBufferPointer { columns in
          (taps.starts, taps.places, taps.columns) = (starts.baseAddress, places.baseAddress, columns.baseAddress)
          body(&taps)
        }
      }
    }
  }
}

extension AxisTaps<Int> {
  /// The taps of windows along rows and along columns; `padding` puts so many places ahead of the source.
  static func ofWindows(
    outputs: (h: Int, w: Int), kernel: (h: Int, w: Int), stride: (h: Int, w: Int), padding: Padding,
    dilation: (h: Int, w: Int), inputs: (h: Int, w: Int)
  ) -> (rows: AxisTaps, columns: AxisTaps) {
    (
      AxisTaps(
        outputs: outputs.h, kernel: kernel.h, stride: stride.h, before: padding.top, dilation: dilation.h,
        inputs: inputs.h),
      AxisTaps(
        outputs: outputs.w, kernel: kernel.w, stride: stride.w, before: padding.left, dilation: dilation.w,
        inputs: inputs.w)
    )
  }

  /// The taps of windows of `kernel` places, `dilation` apart, that begin `stride` apart, `before` places ahead of the source.
  ///
  /// - Parameters:
  ///   - outputs: the number of windows; `inputs` of places in the source.
  init(outputs: Int, kernel: Int, stride: Int, before: Int, dilation: Int, inputs: Int) {
    self.init(count: outputs) { index in
      (0..<kernel).compactMap { tap in
        let place = index * stride - before + tap * dilation
        return place >= 0 && place < inputs ? Tap(place: place, weight: tap) : nil
      }
    }
  }
}
