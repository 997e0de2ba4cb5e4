extension Heatmap {
  /// The map at another size, as PIL resizes a picture of mode "F": weights and sums in double precision, the result
  /// of each pass in single; bicubic overshoots on both sides.
  public func resized(width: Int, height: Int, interpolation: Interpolation = .bicubic) -> Heatmap {
    resized(width: width, height: height, columns: 0..<width, rows: 0..<height, interpolation)
  }

  /// A part of the resized map, for the price of that part: `columns` and `rows` of a result of `width` × `height`.
  func resized(
    width: Int, height: Int, columns: Range<Int>, rows: Range<Int>, _ interpolation: Interpolation
  ) -> Heatmap {
    precondition(width > 0 && height > 0 && self.width > 0 && self.height > 0, "resizing from or to nothing")
    let vertical = ResamplingAxis(
      source: self.height, target: height, wanted: rows, interpolation: interpolation, antialias: true)
    let horizontal = ResamplingAxis(
      source: self.width, target: width, wanted: columns, interpolation: interpolation, antialias: true)
    let rows = vertical.span
    return resizedHorizontally(horizontal, rows: rows).resizedVertically(vertical, from: rows.lowerBound)
  }

  private func resizedHorizontally(_ axis: ResamplingAxis, rows: Range<Int>) -> Heatmap {
    let columns = axis.firsts.count
    let result = values.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: columns * rows.count) { target, initialized in
        for (index, row) in rows.enumerated() {
          for x in 0..<columns {
            var sum = 0.0
            let from = row * width + axis.firsts[x]
            for tap in 0..<axis.counts[x] { sum += Double(source[from + tap]) * axis.weights[x * axis.stride + tap] }
            target[index * columns + x] = Float(sum)
          }
        }
        initialized = columns * rows.count
      }
    }
    return Heatmap(width: columns, height: rows.count, values: result)
  }

  private func resizedVertically(_ axis: ResamplingAxis, from firstRow: Int) -> Heatmap {
    let rows = axis.firsts.count
    let result = values.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: width * rows) { target, initialized in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
          for row in 0..<rows {
            sums.update(repeating: 0)
            for tap in 0..<axis.counts[row] {
              let weight = axis.weights[row * axis.stride + tap]
              let start = (axis.firsts[row] - firstRow + tap) * width
              let from = UnsafeBufferPointer(rebasing: source[start..<start + width])
              for x in 0..<width { sums[x] += Double(from[x]) * weight }
            }
            for x in 0..<width { target[row * width + x] = Float(sums[x]) }
          }
        }
        initialized = width * rows
      }
    }
    return Heatmap(width: width, height: rows, values: result)
  }
}

extension Heatmap {
  /// The map at another size, cells repeated as PyTorch's `interpolate` repeats them: cell ⌊i·source/target⌋ at place i.
  func repeated(height: Int, width: Int) -> Heatmap {
    Heatmap(width: width, height: height) { position in
      values[position / width * self.height / height * self.width + position % width * self.width / width]
    }
  }

  /// The map at another size, as PyTorch's bilinear `interpolate` without `align_corners` and OpenCV's linear `resize` have it.
  func enlarged(height: Int, width: Int) -> Heatmap {
    if (self.height, self.width) == (height, width) { return self }
    let resampler = PlaneResampler(from: (self.height, self.width), to: (height, width))
    return Heatmap(width: width, height: height, values: resampler.enlarge(values))
  }
}
