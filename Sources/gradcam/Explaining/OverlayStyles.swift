import GradCAMCore
import ModelFormats

/// How overlays are drawn: maps with a sign in other colours than those without.
struct OverlayStyles: Sendable {
  private let plain: OverlayStyle
  private let signed: OverlayStyle

  /// - Parameter library: whose pictures are wanted; nil for the tool's own.
  /// - Throws: `InputError` about `--alpha` or `--gamma`.
  init(_ look: LookOptions, compat library: PeerLibrary?) throws(InputError) {
    plain = try Self.style(look, OverlayStyle(of: library, isSigned: false))
    signed = try Self.style(look, OverlayStyle(of: library, isSigned: true))
  }

  func style(of map: ExplanationMap) -> OverlayStyle {
    var style = map.isSigned ? signed : plain
    style.fixedScale = map.scale
    return style
  }

  /// What was typed, else what `usual` has.
  private static func style(_ look: LookOptions, _ usual: OverlayStyle) throws(InputError) -> OverlayStyle {
    var style = try OverlayStyle(
      colorMap: look.colormap ?? usual.colorMap, alpha: look.alpha ?? usual.alpha,
      gamma: look.gamma ?? Double(usual.gamma), interpolation: look.resample ?? usual.interpolation)
    (style.isSigned, style.blending, style.marks) = (usual.isSigned, usual.blending, look.marks)
    return style
  }
}
