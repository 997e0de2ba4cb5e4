/// The deconvnet's picture: ∂y/∂x with every ReLU passing back positive gradients, wherever it was open; summed over the input's channels.
///
/// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2013 (arXiv 1311.2901). Full backward hooks on every ReLU
/// and ReLU6.
public struct Deconvnet: ReLUPicture {
  public let name = "deconvnet"
  public let paper = "Zeiler and Fergus 2013, arXiv 1311.2901"
  let rule = NetworkRunner.ReLUBackward.deconvolved

  public init() {}
}
