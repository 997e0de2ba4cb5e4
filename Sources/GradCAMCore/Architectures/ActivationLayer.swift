/// An activation that a network's code chooses and its state dict does not tell.
enum ActivationLayer: Sendable {
  /// None: the values pass as they are.
  case none
  case relu, relu6, silu, hardSwish

  /// The operation; nil for none.
  var operation: (any Operation)? {
    switch self {
    case .none: nil
    case .relu: ReLU()
    case .relu6: Clip.relu6
    case .silu: SiLU()
    case .hardSwish: HardSwish()
    }
  }
}
