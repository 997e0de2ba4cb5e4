import CKernels

/// Patches of a channels-last feature map as the rows of a matrix, and back.
enum Im2col {
  /// Writes the patches of `positions` for one group as rows R S C/groups; what lies outside the input is zero.
  static func gather(
    _ input: UnsafePointer<Float>, _ g: ConvolutionGeometry, group: Int, positions: Range<Int>,
    to patches: UnsafeMutablePointer<Float>, _ kernels: VectorKernels
  ) {
    // Neighbouring columns of a kernel's row are neighbours in memory, too, where nothing lies between them.
    guard g.dilation.w == 1 && g.groups == 1 else {
      return gatherTaps(input, g, group: group, positions: positions, to: patches)
    }
    var record = gradcam_patches(
      height: g.h, width: g.w, channels: g.c, rows: g.r, columns: g.s, row_stride: g.stride.h,
      column_stride: g.stride.w, row_dilation: g.dilation.h, top: g.padding.top, left: g.padding.left,
      output_height: g.oh, output_width: g.ow)
    kernels.functions.gather(input, &record, positions.lowerBound, positions.count, patches)
  }

  private static func gatherTaps(
    _ input: UnsafePointer<Float>, _ g: ConvolutionGeometry, group: Int, positions: Range<Int>,
    to patches: UnsafeMutablePointer<Float>
  ) {
    let channels = g.groupC
    var target = patches
    forEachTap(g, positions) { place in
      if let place {
        target.update(from: input + place * g.c + group * channels, count: channels)
      } else {
        target.update(repeating: 0, count: channels)
      }
      target += channels
    }
  }

  /// Adds patches of `channels` channels (R S `channels` a row) to the places in the gradient that they were gathered from.
  ///
  /// - Parameter gradient: N H W C, already at the first of the channels in question.
  static func scatterAdd(
    _ patches: UnsafePointer<Float>, _ g: ConvolutionGeometry, channels: Int, positions: Range<Int>,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    var source = patches
    forEachTap(g, positions) { place in
      if let place {
        let target = gradient + place * g.c
        for c in 0..<channels { target[c] += source[c] }
      }
      source += channels
    }
  }

  /// Calls `body` for every tap of every position, as patches have them: with its place among all images' positions, or nil outside.
  @inline(__always)
  private static func forEachTap(_ g: ConvolutionGeometry, _ positions: Range<Int>, _ body: (_ place: Int?) -> Void) {
    for position in positions {
      let (n, y, x) = g.place(position)
      for r in 0..<g.r {
        let iy = y * g.stride.h - g.padding.top + r * g.dilation.h
        for s in 0..<g.s {
          let ix = x * g.stride.w - g.padding.left + s * g.dilation.w
          body(iy >= 0 && iy < g.h && ix >= 0 && ix < g.w ? (n * g.h + iy) * g.w + ix : nil)
        }
      }
    }
  }
}
