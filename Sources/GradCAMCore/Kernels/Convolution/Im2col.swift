/// Patches of a channels-last feature map as the rows of a matrix, and back.
enum Im2col {
  /// Writes the patches of `positions` for one group as rows R S C/groups; what lies outside the input is zero.
  static func gather(
    _ input: UnsafePointer<Float>, _ g: ConvolutionGeometry, group: Int, positions: Range<Int>,
    to patches: UnsafeMutablePointer<Float>
  ) {
    let channels = g.groupC
    let rowLength = g.s * channels
    // Neighbouring columns of a kernel row are neighbours in memory, too, and are copied at once.
    let contiguous = g.dilation.w == 1 && g.groups == 1
    var target = patches
    for position in positions {
      let (n, y, x) = g.place(position)
      let left = x * g.stride.w - g.padding.left
      for r in 0..<g.r {
        let iy = y * g.stride.h - g.padding.top + r * g.dilation.h
        if iy < 0 || iy >= g.h {
          target.update(repeating: 0, count: rowLength)
        } else {
          let row = input + ((n * g.h + iy) * g.w) * g.c + group * channels
          if contiguous && left >= 0 && left + g.s <= g.w {
            target.update(from: row + left * g.c, count: rowLength)
          } else {
            for s in 0..<g.s {
              let ix = left + s * g.dilation.w
              if ix < 0 || ix >= g.w {
                (target + s * channels).update(repeating: 0, count: channels)
              } else {
                (target + s * channels).update(from: row + ix * g.c, count: channels)
              }
            }
          }
        }
        target += rowLength
      }
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
    for position in positions {
      let (n, y, x) = g.place(position)
      for r in 0..<g.r {
        let iy = y * g.stride.h - g.padding.top + r * g.dilation.h
        for s in 0..<g.s {
          let ix = x * g.stride.w - g.padding.left + s * g.dilation.w
          if iy >= 0 && iy < g.h && ix >= 0 && ix < g.w {
            let target = gradient + ((n * g.h + iy) * g.w + ix) * g.c
            for c in 0..<channels { target[c] += source[c] }
          }
          source += channels
        }
      }
    }
  }
}
