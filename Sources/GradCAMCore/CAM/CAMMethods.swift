public import ModelFormats

/// The methods that are built in.
public enum CAMMethods {
  /// Class-activation maps, then those of attention, then attributions at the input.
  public static let all: [any CAMMethod] = [
    CAM(), GradCAM(), GradCAMPlusPlus(), SmoothGradCAMPlusPlus(), XGradCAM(), HiResCAM(), LayerCAM(),
    GradCAMElementWise(), EigenCAM(), EigenGradCAM(), SegEigenCAM(), KPCACAM(), FullGrad(), FEM(), ScoreCAM(), SSCAM(),
    ISCAM(), AblationCAM(), ReciproCAM(), ViTReciproCAM(), FinerCAM(), RefineCAM(), ShapleyCAM(), RandomCAM(),
    Attention(), Rollout(), GradRollout(), Chefer(), LeGrad(), Saliency(), InputXGradient(), SmoothGrad(), VarGrad(),
    IntegratedGradients(), GuidedBackprop(), Deconvnet(), GuidedGradCAM(), Occlusion(), RISE(),
  ]

  /// The method called `name`.
  ///
  /// - Throws: `InputError` about `method` that names the nearest.
  public static func named(_ name: String) throws(InputError) -> any CAMMethod {
    if let method = all.first(where: { $0.name == name }) { return method }
    let near = nearest(to: name, among: all.map(\.name))
    let remedy: Message = near.map { "did you mean \($0)?" } ?? "'gradcam methods' lists all"
    throw InputError(.method, "there is no method '\(name)'", remedy: remedy)
  }
}
