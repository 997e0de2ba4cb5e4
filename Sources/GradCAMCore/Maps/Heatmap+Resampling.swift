extension Heatmap {
  /// The map at another size, as PIL resizes a picture of mode "F"; bicubic overshoots on both sides. The horizontal
  /// pass comes first always: in single precision the order of passes hardly shows.
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
    let resampler = FloatResampler(columns: horizontal, rows: vertical, goesDownFirst: false)
    let resized = values.withUnsafeBufferPointer { values in
      resampler.resize(width: self.width, channels: 1) { row, target in
        _ = target.update(fromContentsOf: values[(row * self.width)...].prefix(self.width))
      }
    }
    return Heatmap(width: resized.width, height: resized.height, values: resized.samples)
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
