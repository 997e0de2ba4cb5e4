/// The sizes of one convolution: N H W C times K R S C/groups gives N OH OW K.
struct ConvolutionGeometry {
  var n, c, h, w: Int
  var k, r, s: Int
  var stride: (h: Int, w: Int)
  var padding: Padding
  var dilation: (h: Int, w: Int)
  var groups: Int
  var oh, ow: Int

  /// Input channels and output channels of one group.
  var groupC: Int { c / groups }
  var groupK: Int { k / groups }
  /// Length of one patch: what one output position of one group sees.
  var patch: Int { r * s * groupC }
  /// Output positions of the whole batch.
  var positions: Int { n * oh * ow }
  /// Whether a patch is just an input position, so that the input itself is the patch matrix: a group's channels are some of its columns.
  var isPointwise: Bool { r == 1 && s == 1 && stride == (1, 1) && padding == Padding(0) }

  /// The convolution that computes the input's gradient from the output's, where the stride is 1: with the kernel turned round, and
  /// with as much padding as the kernel reaches beyond what there was.
  var gradient: ConvolutionGeometry? {
    let (reachH, reachW) = (dilation.h * (r - 1), dilation.w * (s - 1))
    let turned = Padding(
      top: reachH - padding.top, left: reachW - padding.left, bottom: reachH - padding.bottom,
      right: reachW - padding.right)
    guard stride == (1, 1), min(turned.top, turned.left, turned.bottom, turned.right) >= 0 else { return nil }
    return ConvolutionGeometry(
      n: n, c: k, h: oh, w: ow, k: c, r: r, s: s, stride: stride, padding: turned, dilation: dilation, groups: groups,
      oh: h, ow: w)
  }

  /// The image, row and column of an output position.
  func place(_ position: Int) -> (n: Int, y: Int, x: Int) {
    let (row, x) = position.quotientAndRemainder(dividingBy: ow)
    let (n, y) = row.quotientAndRemainder(dividingBy: oh)
    return (n, y, x)
  }
}

/// Rows and columns added around a feature map.
public struct Padding: Hashable, Sendable {
  /// In rows and columns.
  public var top, left, bottom, right: Int

  /// So many rows and columns at each side.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  /// The same on every side.
  public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }
}
