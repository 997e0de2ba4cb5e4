import ModelFormats

/// The hooks on one layer, and what they saw last.
final class LayerProbe {
  let path: String
  /// The call at whose output gradients are seen; nil where they are not.
  let gradientCall: Int?
  private var activations: Tensor?
  /// The last backward pass's, as the layer has them.
  var gradients: Tensor?

  /// - Parameters:
  ///   - capturesGradient: whether backward passes go as far as the layer.
  ///   - library: whose hooks to see what they see; nil for what the layer gave.
  init(
    _ session: Session, _ path: String, capturesGradient: Bool, as library: PeerLibrary? = nil,
    trace: ((String) -> Void)? = nil
  ) throws(InputError) {
    self.path = path
    let graph = session.graph
    guard let own = graph.lastRun(path) else {
      gradientCall = nil
      return
    }
    let differentiated = library?.keepsOverwrittenGradients ?? false ? graph.overwriting(own) : own
    gradientCall = capturesGradient ? graph.call(of: differentiated) : nil
    let written = library?.keepsOverwrittenActivations ?? false ? graph.overwriting(own) : own
    _ = try session.registerForwardHook(written.path) { [unowned self] module, _, output in
      guard module.call == written.call else { return nil }
      trace?("forward hook on \(module.path) (\(module.kind)): activations \(output.shape)")
      activations = output
      return nil
    }
    guard capturesGradient else { return }
    _ = try session.registerFullBackwardHook(differentiated.path) { [unowned self] module, _, gradOutputs in
      guard module.call == differentiated.call else { return nil }
      trace?("backward hook on \(module.path) (\(module.kind)): gradients \(gradOutputs[0].shape)")
      gradients = gradOutputs[0]
      return nil
    }
  }

  /// What left the layer, as the layer has it.
  func captured() throws(InputError) -> Tensor {
    guard let activations else { throw InputError(.layer, "\(path) did not run") }
    return activations
  }
}
