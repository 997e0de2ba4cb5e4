import ModelFormats

/// Guided backpropagation: ∂y/∂x with every ReLU passing back positive gradients only, and only where it was open; summed over the
/// input's channels.
///
/// Springenberg et al., "Striving for Simplicity: The All Convolutional Net", 2014 (arXiv 1412.6806). Full backward hooks on every ReLU
/// and ReLU6. It mostly shows edges, whatever the class: see Adebayo et al., "Sanity Checks for Saliency Maps" (arXiv 1810.03292).
public struct GuidedBackprop: ReLUPicture {
  public let name = "guidedbackprop"
  public let paper = "Springenberg et al. 2014, arXiv 1412.6806"
  let rule = NetworkRunner.ReLUBackward.guided

  public init() {}
}
