/// A library whose numbers and pictures can be had instead of the papers'.
public enum PeerLibrary: String, Sendable, CaseIterable {
  case pytorchGradCAM = "pytorch-grad-cam"
  case torchCAM = "torch-cam"
  case captum
}

extension PeerLibrary {
  /// Whether the library keeps a layer's output without a copy, so that what works in place behind the layer writes over it.
  /// captum hands a copy on to what follows.
  var keepsOverwrittenActivations: Bool { self != .captum }

  /// Whether the gradient is that of what was written over the layer's output. pytorch-grad-cam's hook on the tensor is older than
  /// that, and sees the gradient before; torch-cam asks for the gradient of the tensor as it is in the end.
  var keepsOverwrittenGradients: Bool { self == .torchCAM }
}
