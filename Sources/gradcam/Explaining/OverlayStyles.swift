import GradCAMCore
import ModelFormats

/// How overlays are drawn: maps with a sign in other colours than those without.
struct OverlayStyles: Sendable {
  private let plain: OverlayStyle
  private let signed: OverlayStyle
  /// The percentile that was typed.
  private let clip: Double?
  private let library: PeerLibrary?

  /// - Parameter library: whose pictures are wanted; nil for the tool's own.
  /// - Throws: `InputError` about `--alpha` or `--gamma`.
  init(_ look: LookOptions, compat library: PeerLibrary?) throws(InputError) {
    (clip, self.library) = (look.clip, library)
    plain = try Self.style(look, OverlayStyle(of: library, isSigned: false))
    signed = try Self.style(look, OverlayStyle(of: library, isSigned: true))
  }

  /// The map's style, with outliers clipped where that was typed or is usual.
  func style(of map: ExplanationMap) -> OverlayStyle {
    var style = map.isSigned ? signed : plain
    style.fixedScale = map.scale
    style.fullScale = map.fullScale(clippedAt: percentile(of: map))
    return style
  }

  /// The percentile that a map is clipped at in a style of its own; nil where that clips nothing.
  func clip(of map: ExplanationMap, _ style: OverlayStyle) -> Double? {
    style.fullScale == 1 ? nil : percentile(of: map)
  }

  /// What was typed, else what is usual for the method; libraries' pictures stay as they are.
  private func percentile(of map: ExplanationMap) -> Double? { clip ?? (library == nil ? map.usualClip : nil) }

  /// What was typed, else what `usual` has.
  private static func style(_ look: LookOptions, _ usual: OverlayStyle) throws(InputError) -> OverlayStyle {
    var style = try OverlayStyle(
      colorMap: look.colormap ?? usual.colorMap, alpha: look.alpha ?? usual.alpha,
      gamma: look.gamma ?? Double(usual.gamma), interpolation: look.resample ?? usual.interpolation)
    (style.isSigned, style.blending, style.marks) = (usual.isSigned, usual.blending, look.marks)
    return style
  }
}
