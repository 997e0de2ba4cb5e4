public import ModelFormats

/// Refine-CAM: Grad-CAM++ at several layers, each map scaled to 0…1 and enlarged to the largest, multiplied and scaled again.
///
/// arXiv 2605.14641. Named together with several layers.
public struct RefineCAM: CAMMethod {
  public let name = "refinecam"
  public let paper = "arXiv 2605.14641"
  public let fusion: LayerFusion? = .product
  private let base = GradCAMPlusPlus()

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    guard site.layers.count < 2 else { return }
    throw InputError(
      .method, "refinecam multiplies the maps of several layers, and one is named", remedy: "\(.layer) PATH,PATH")
  }

  public func explain(_ evidence: Evidence) -> Finding { base.explain(evidence) }
}
