/// Resizes a picture as PIL does one of mode "F": weights and sums in double precision, the result of each pass in single.
/// Bicubic overshoots on both sides.
struct FloatResampler {
  let columns, rows: ResamplingAxis
  /// Whether the vertical pass comes first.
  let goesDownFirst: Bool

  /// Resizes a picture whose rows are made when they are needed, so that no whole picture in single precision is held.
  ///
  /// - Parameters:
  ///   - width: the source's.
  ///   - read: writes a row of the source.
  func resize(
    width: Int, channels: Int, reading read: (_ row: Int, _ target: UnsafeMutableBufferPointer<Float>) -> Void
  ) -> FloatImage {
    let samples =
      goesDownFirst
      ? downFirst(width: width, channels: channels, read) : acrossFirst(width: width, channels: channels, read)
    return FloatImage(width: columns.firsts.count, height: rows.firsts.count, channels: channels, samples: samples)
  }

  private typealias Row = UnsafeMutableBufferPointer<Float>

  private func acrossFirst(width: Int, channels: Int, _ read: (Int, Row) -> Void) -> [Float] {
    let (span, length) = (rows.span, columns.firsts.count * channels)
    let across = [Float](unsafeUninitializedCapacity: span.count * length) { target, initialized in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width * channels) { source in
        for (index, row) in span.enumerated() {
          read(row, source)
          resampleRow(UnsafeBufferPointer(source), channels, into: Self.row(index, of: target, length))
        }
      }
      initialized = span.count * length
    }
    return across.withUnsafeBufferPointer { across in
      addedRows(length: length) { row, target in
        _ = target.update(fromContentsOf: across[((row - span.lowerBound) * length)...].prefix(length))
      }
    }
  }

  private func downFirst(width: Int, channels: Int, _ read: (Int, Row) -> Void) -> [Float] {
    let length = columns.firsts.count * channels
    let down = addedRows(length: width * channels, read)
    return [Float](unsafeUninitializedCapacity: rows.firsts.count * length) { target, initialized in
      down.withUnsafeBufferPointer { down in
        for row in 0..<rows.firsts.count {
          let source = UnsafeBufferPointer(rebasing: down[(row * width * channels)...].prefix(width * channels))
          resampleRow(source, channels, into: Self.row(row, of: target, length))
        }
      }
      initialized = rows.firsts.count * length
    }
  }

  private static func row(_ index: Int, of samples: Row, _ length: Int) -> Row {
    Row(rebasing: samples[(index * length)..<(index + 1) * length])
  }

  private func resampleRow(_ source: UnsafeBufferPointer<Float>, _ channels: Int, into target: Row) {
    for x in 0..<columns.firsts.count {
      for channel in 0..<channels {
        var sum = 0.0
        for tap in 0..<columns.counts[x] {
          sum +=
            Double(source[(columns.firsts[x] + tap) * channels + channel]) * columns.weights[x * columns.stride + tap]
        }
        target[x * channels + channel] = Float(sum)
      }
    }
  }

  /// The vertical pass over rows of a length.
  private func addedRows(length: Int, _ read: (Int, Row) -> Void) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.firsts.count * length) { target, initialized in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { sums in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { source in
          for row in 0..<rows.firsts.count {
            sums.update(repeating: 0)
            for tap in 0..<rows.counts[row] {
              read(rows.firsts[row] + tap, source)
              let weight = rows.weights[row * rows.stride + tap]
              for x in 0..<length { sums[x] += Double(source[x]) * weight }
            }
            for x in 0..<length { target[row * length + x] = Float(sums[x]) }
          }
        }
      }
      initialized = rows.firsts.count * length
    }
  }
}
