extension Image {
  /// The picture at another size, as PIL's `Image.resize` makes it, to the byte.
  ///
  /// - Parameter antialias: whether the kernel widens when the picture shrinks, as PIL's always does.
  public func resized(
    width: Int, height: Int, interpolation: Interpolation = .bilinear, antialias: Bool = true
  ) -> Image {
    resized(width: width, height: height, columns: 0..<width, rows: 0..<height, interpolation, antialias: antialias)
  }

  /// A part of the resized picture, for the price of that part: `columns` and `rows` of a result of `width` × `height`.
  ///
  /// - Parameter reduction: how this picture comes from the one that is resized; nil where it is that.
  func resized(
    from reduction: ImageReduction? = nil, width: Int, height: Int, columns: Range<Int>, rows: Range<Int>,
    _ interpolation: Interpolation, antialias: Bool
  ) -> Image {
    precondition(width > 0 && height > 0 && self.width > 0 && self.height > 0, "resizing from or to nothing")
    let vertical = ResamplingAxis(
      source: self.height, box: reduction?.rows, target: height, wanted: rows, interpolation: interpolation,
      antialias: antialias)
    let horizontal = ResamplingAxis(
      source: self.width, box: reduction?.columns, target: width, wanted: columns, interpolation: interpolation,
      antialias: antialias)
    let rows = vertical.span
    return resizedHorizontally(horizontal, rows: rows).resizedVertically(vertical, from: rows.lowerBound)
  }

  /// The horizontal pass over some of the rows; the result has those rows alone.
  private func resizedHorizontally(_ axis: ResamplingAxis, rows: Range<Int>) -> Image {
    if axis.isIdentity && rows == 0..<height { return self }
    let weights = axis.fixedPointWeights
    return Image(width: axis.firsts.count, height: rows.count, channels: channels) { target in
      samples.withUnsafeBufferPointer { source in
        weights.withUnsafeBufferPointer { weights in
          for (index, row) in rows.enumerated() {
            let from = UnsafeBufferPointer(rebasing: source[row * width * channels..<(row + 1) * width * channels])
            let length = axis.firsts.count * channels
            let to = UnsafeMutableBufferPointer(rebasing: target[index * length..<(index + 1) * length])
            if channels == 3 {
              resampleRGBRow(from, to: to, axis, weights)
            } else {
              resampleGrayRow(from, to: to, axis, weights)
            }
          }
        }
      }
    }
  }

  /// The vertical pass, row by row: each source row is scaled and added to a row of sums.
  private func resizedVertically(_ axis: ResamplingAxis, from firstRow: Int) -> Image {
    if axis.isIdentity { return self }
    let weights = axis.fixedPointWeights
    let length = width * channels
    return Image(width: width, height: axis.firsts.count, channels: channels) { target in
      samples.withUnsafeBufferPointer { source in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { sums in
          for row in axis.firsts.indices {
            sums.update(repeating: half)
            for tap in 0..<axis.counts[row] {
              let start = (axis.firsts[row] - firstRow + tap) * length
              let from = UnsafeBufferPointer(rebasing: source[start..<start + length])
              add(from, times: weights[row * axis.stride + tap], to: sums)
            }
            for x in 0..<length { target[row * length + x] = level(sums[x]) }
          }
        }
      }
    }
  }
}

/// One half in fixed point, so that cutting the fraction off rounds.
private let half: Int32 = 1 << (ResamplingAxis.fixedPointBits - 1)

/// A sum in fixed point as a sample.
private func level(_ sum: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: min(max(sum >> ResamplingAxis.fixedPointBits, 0), 255))
}

private func add(_ samples: UnsafeBufferPointer<UInt8>, times weight: Int32, to sums: UnsafeMutableBufferPointer<Int32>)
{
  for x in samples.indices { sums[x] &+= Int32(samples[x]) &* weight }
}

private func resampleGrayRow(
  _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>, _ axis: ResamplingAxis,
  _ weights: UnsafeBufferPointer<Int32>
) {
  for x in target.indices {
    let (first, count) = (axis.firsts[x], axis.counts[x])
    var sum = half
    for tap in 0..<count { sum &+= Int32(source[first + tap]) &* weights[x * axis.stride + tap] }
    target[x] = level(sum)
  }
}

private func resampleRGBRow(
  _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>, _ axis: ResamplingAxis,
  _ weights: UnsafeBufferPointer<Int32>
) {
  for x in axis.firsts.indices {
    let (first, count) = (axis.firsts[x], axis.counts[x])
    var (r, g, b) = (half, half, half)
    for tap in 0..<count {
      let weight = weights[x * axis.stride + tap]
      let sample = (first + tap) * 3
      r &+= Int32(source[sample]) &* weight
      g &+= Int32(source[sample + 1]) &* weight
      b &+= Int32(source[sample + 2]) &* weight
    }
    target[x * 3] = level(r)
    target[x * 3 + 1] = level(g)
    target[x * 3 + 2] = level(b)
  }
}
