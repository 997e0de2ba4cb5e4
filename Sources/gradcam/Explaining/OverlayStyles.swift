import GradCAMCore
import ModelFormats

extension MapOptions {
  /// What was typed about maps, in the library's terms; layers are added when the model is known.
  ///
  /// - Throws: `InputError` about `--method`.
  func explaining() throws(InputError) -> Explainer.Options {
    var explaining = Explainer.Options()
    explaining.methods = []
    for name in methods { explaining.methods.append(try CAMMethods.named(name)) }
    explaining.targets = targets.map(Target.init(parsing:))
    explaining.against = against.map(Target.init(parsing:))
    explaining.isCounterfactual = isCounterfactual
    explaining.smoothsByAugmentation = smoothsByAugmentation
    explaining.score = score == .logit ? .logit : .output
    explaining.normalization = normalization.flatMap { GradCAMCore.Normalization(rawValue: $0.rawValue) }
    explaining.fusion = fusion.flatMap { LayerFusion(rawValue: $0.rawValue) }
    explaining.settings.seed = UInt64(seed ?? 0)
    explaining.settings.samples = samples
    explaining.settings.batch = batch
    explaining.settings.budget = budget
    explaining.settings.smoothsByEigenvector = smoothsByEigenvector
    explaining.settings.isSigned = isSigned
    explaining.settings.compat = compat.flatMap { PeerLibrary(rawValue: $0.rawValue) }
    return explaining
  }
}

/// How overlays are drawn: maps with a sign in other colours than those without.
struct OverlayStyles: Sendable {
  private let plain: OverlayStyle
  private let signed: OverlayStyle

  /// - Throws: `InputError` about `--colormap`, `--alpha` or `--gamma`.
  init(_ look: LookOptions, compat: MapOptions.Library?) throws(InputError) {
    let library = compat.flatMap { PeerLibrary(rawValue: $0.rawValue) }
    plain = try Self.style(look, OverlayStyle(of: library, isSigned: false))
    signed = try Self.style(look, OverlayStyle(of: library, isSigned: true))
  }

  func style(of map: ExplanationMap) -> OverlayStyle { map.isSigned ? signed : plain }

  /// What was typed, else what `usual` has.
  private static func style(_ look: LookOptions, _ usual: OverlayStyle) throws(InputError) -> OverlayStyle {
    var colorMap = usual.colorMap
    if let name = look.colormap { colorMap = try ColorMap.named(name) }
    var style = try OverlayStyle(
      colorMap: colorMap, alpha: look.alpha ?? usual.alpha, gamma: look.gamma ?? Double(usual.gamma),
      interpolation: look.resample.flatMap { Interpolation(rawValue: $0.rawValue) } ?? usual.interpolation)
    (style.isSigned, style.blending) = (usual.isSigned, usual.blending)
    if look.hasBoxes || look.hasContours {
      style.marks = RegionMarks(
        threshold: Float(look.threshold ?? LookOptions.usualThreshold), drawsBoxes: look.hasBoxes,
        drawsContours: look.hasContours)
    }
    return style
  }
}
