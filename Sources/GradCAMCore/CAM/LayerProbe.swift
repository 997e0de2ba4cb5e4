import ModelFormats

/// The hooks on one layer, and what they saw last.
final class LayerProbe {
  let path: String
  private var activations: Tensor?
  /// The last backward pass's, as the layer has them.
  var gradients: Tensor?

  /// - Parameter capturesGradient: whether backward passes go as far as the layer.
  init(
    _ session: Session, _ path: String, capturesGradient: Bool, trace: ((String) -> Void)? = nil
  ) throws(InputError) {
    self.path = path
    _ = try session.registerForwardHook(path) { [unowned self] module, _, output in
      trace?("forward hook on \(module.path) (\(module.kind)): activations \(output.shape)")
      activations = output
      return nil
    }
    guard capturesGradient else { return }
    _ = try session.registerFullBackwardHook(path) { [unowned self] module, _, gradOutputs in
      trace?("backward hook on \(module.path) (\(module.kind)): gradients \(gradOutputs[0].shape)")
      // Of several calls the backward pass meets the last one first, which is the one whose activations are kept.
      if gradients == nil { gradients = gradOutputs[0] }
      return nil
    }
  }

  /// What left the layer, as the layer has it.
  func captured() throws(InputError) -> Tensor {
    guard let activations else { throw InputError(.layer, "\(path) did not run") }
    return activations
  }
}
