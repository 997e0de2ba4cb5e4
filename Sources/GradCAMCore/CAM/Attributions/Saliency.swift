/// Saliency: |∂y/∂x|, the largest over the input's channels.
///
/// Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps", 2013
/// (arXiv 1312.6034).
public struct Saliency: CAMMethod {
  public let name = "saliency"
  public let paper = "Simonyan et al. 2013, arXiv 1312.6034"
  public let needs: MethodNeeds = [.gradients, .input]

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(evidence.gradients.mapped { abs($0) }, .largestMagnitude, evidence.settings)
  }
}

extension Tensor {
  /// The tensor with `change` applied to every element.
  func mapped(_ change: (Float) -> Float) -> Tensor {
    Tensor(shape) { target in for i in 0..<count { target[i] = change(elements[i]) } }
  }

  /// A tensor of the same shape, element by element of this and another.
  func zipped(_ other: Tensor, _ join: (Float, Float) -> Float) -> Tensor {
    precondition(other.shape == shape, "tensors of different shapes")
    return Tensor(shape) { target in for i in 0..<count { target[i] = join(elements[i], other.elements[i]) } }
  }
}
