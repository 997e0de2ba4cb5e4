import CKernels

extension Image {
  /// The picture at another size, as PIL's `Image.resize` makes it, to the byte.
  ///
  /// - Parameters:
  ///   - antialias: whether the kernel widens when the picture shrinks, as PIL's always does.
  ///   - release: whose bytes they are.
  public func resized(
    width: Int, height: Int, interpolation: Interpolation = .bilinear, antialias: Bool = true,
    as release: PillowRelease = .newest
  ) -> Image {
    resized(
      width: width, height: height, columns: 0..<width, rows: 0..<height, interpolation, antialias: antialias,
      as: release)
  }

  /// A part of the picture at another size, as PIL's `Image.resize` makes it of a `box`.
  ///
  /// - Parameters:
  ///   - columns: the part's place in pixels, whole or not.
  ///   - rows: likewise.
  /// - Precondition: the part lies on the picture.
  public func resized(part columns: Range<Double>, _ rows: Range<Double>, width: Int, height: Int) -> Image {
    precondition(width > 0 && height > 0 && !columns.isEmpty && !rows.isEmpty, "resizing from or to nothing")
    precondition(columns.lowerBound >= 0 && columns.upperBound <= Double(self.width), "columns outside the picture")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= Double(self.height), "rows outside the picture")
    return resized(
      from: (columns, rows), width: width, height: height, columns: 0..<width, rows: 0..<height, .bilinear,
      antialias: true)
  }

  /// A part of the resized picture, for the price of that part: `columns` and `rows` of a result of `width` × `height`.
  ///
  /// - Parameter box: the part of the picture that is resized, in pixels; nil for all of it.
  func resized(
    from box: (columns: Range<Double>, rows: Range<Double>)? = nil, width: Int, height: Int, columns: Range<Int>,
    rows: Range<Int>, _ interpolation: Interpolation, antialias: Bool, as release: PillowRelease = .newest
  ) -> Image {
    precondition(width > 0 && height > 0 && self.width > 0 && self.height > 0, "resizing from or to nothing")
    let vertical = ResamplingAxis(
      source: self.height, box: box?.rows, target: height, wanted: rows, interpolation: interpolation,
      antialias: antialias)
    let horizontal = ResamplingAxis(
      source: self.width, box: box?.columns, target: width, wanted: columns, interpolation: interpolation,
      antialias: antialias)
    if release.goesDownFirst(from: size, to: ImageSize(width: width, height: height)) {
      return resizedVertically(vertical, from: 0).resizedHorizontally(horizontal, rows: 0..<vertical.firsts.count)
    }
    let rows = vertical.span
    return resizedHorizontally(horizontal, rows: rows).resizedVertically(vertical, from: rows.lowerBound)
  }

  /// The horizontal pass over some of the rows; the result has those rows alone.
  private func resizedHorizontally(_ axis: ResamplingAxis, rows: Range<Int>) -> Image {
    if axis.isIdentity && rows == 0..<height { return self }
    return Image(width: axis.firsts.count, height: rows.count, channels: channels) { target in
      guard let to = target.baseAddress else { return }
      samples.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        axis.withFixedPoint { fixed in
          let (stride, start) = (width * channels, rows.lowerBound * width * channels)
          VectorKernels.best.functions.resample_rows?(
            from + start, stride, rows.count, source.count - start, fixed, Int32(channels), to)
        }
      }
    }
  }

  /// The vertical pass, row by row; `firstRow` is where this picture's rows begin on the axis.
  private func resizedVertically(_ axis: ResamplingAxis, from firstRow: Int) -> Image {
    if axis.isIdentity { return self }
    let length = width * channels
    return Image(width: width, height: axis.firsts.count, channels: channels) { target in
      guard let to = target.baseAddress else { return }
      samples.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        axis.withFixedPoint { fixed in
          let (addRows, axis) = (VectorKernels.best.functions.add_rows, fixed.pointee)
          for row in 0..<axis.length {
            addRows?(
              from + (axis.firsts[row] - firstRow) * length, length, axis.weights + row * axis.stride,
              axis.counts[row], to + row * length)
          }
        }
      }
    }
  }
}

extension ResamplingAxis {
  /// Calls `body` with the axis as the loops in C take it.
  fileprivate func withFixedPoint(_ body: (UnsafePointer<gradcam_axis>) -> Void) {
    firsts.withUnsafeBufferPointer { firsts in
      counts.withUnsafeBufferPointer { counts in
        fixedPointWeights.withUnsafeBufferPointer { weights in
          let axis = gradcam_axis(
            firsts: firsts.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress, stride: stride,
            length: firsts.count)
          withUnsafePointer(to: axis, body)
        }
      }
    }
  }
}
