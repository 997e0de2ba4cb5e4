/// A library whose numbers and pictures can be had instead of the papers'.
public enum PeerLibrary: String, Sendable, CaseIterable {
  case pytorchGradCAM = "pytorch-grad-cam"
  case torchCAM = "torch-cam"
  case captum
}
