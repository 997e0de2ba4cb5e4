import ModelFormats

/// The hooks on a network's attentions, and what they saw in the pass that all methods share.
final class AttentionProbe {
  /// What methods want to see beside the last attention's shares.
  struct Wants {
    /// All heads of all attentions, and gradients there; else heads are made one as they are seen.
    var gradients = false
    /// What leaves each block.
    var blocks = false
    var fusion = HeadFusion.mean
  }

  let attentions: Attentions
  private let session: Session
  private let wants: Wants
  /// By attention; of those before the last where gradients are wanted.
  private var heads: [Int: Tensor] = [:]
  /// By attention: queries × keys.
  private var fused: [Int: [Float]] = [:]
  private var blockOutputs: [Int: Tensor] = [:]
  private var onGradient: ((_ site: Int, _ gradient: Tensor) -> Void)?
  /// What the pass gave.
  var outputs: Outputs?

  /// Registers the hooks; they go with the session's others.
  init(
    _ session: Session, _ attentions: Attentions, _ wants: Wants, trace: ((String) -> Void)? = nil
  ) throws(InputError) {
    (self.session, self.attentions, self.wants) = (session, attentions, wants)
    for (index, site) in attentions.sites.enumerated() {
      let (path, ordinal) = place(site.call)
      _ = try session.registerForwardHook(path) { [unowned self] module, _, output in
        guard module.call == ordinal else { return nil }
        trace?("forward hook on \(module.path) (\(module.kind)): attention \(output.shape)")
        see(output, at: index)
        return nil
      }
      guard wants.gradients else { continue }
      _ = try session.registerFullBackwardHook(path) { [unowned self] module, _, gradOutputs in
        guard module.call == ordinal else { return nil }
        trace?("backward hook on \(module.path) (\(module.kind)): gradients \(gradOutputs[0].shape)")
        onGradient?(index, gradOutputs[0])
        return nil
      }
    }
    guard wants.blocks else { return }
    for (index, call) in (attentions.blocks ?? []).enumerated() {
      let (path, ordinal) = place(call)
      _ = try session.registerForwardHook(path) { [unowned self] module, _, output in
        if module.call == ordinal { blockOutputs[index] = output }
        return nil
      }
    }
  }

  private func place(_ call: Int) -> (path: String, ordinal: Int) {
    let call = session.graph.calls[call]
    return (session.graph.modules[call.module].path, call.ordinal)
  }

  private func see(_ shares: Tensor, at index: Int) {
    let isLast = index == attentions.sites.count - 1
    if isLast || wants.gradients { heads[index] = shares }
    // Backward passes keep all heads anyway; without any, only the sum of them has to stay.
    if !isLast && !wants.gradients { fused[index] = AttentionShares(shares).fused(wants.fusion) }
  }

  // MARK: What methods take

  var last: Int { attentions.sites.count - 1 }

  /// What the last attention gave, as the network has it.
  var lastShares: Tensor? { heads[last] }

  /// All heads of an attention.
  func shares(_ index: Int) throws(InputError) -> AttentionShares {
    guard let tensor = heads[index] else { throw InputError(.method, "an attention did not run") }
    return AttentionShares(tensor)
  }

  /// An attention's heads as one: queries × keys.
  func fusedShares(_ index: Int) throws(InputError) -> [Float] {
    if let known = fused[index] { return known }
    return try shares(index).fused(wants.fusion)
  }

  /// Runs the shared pass back from a score as far as the first attention, and hands over the gradient at each, from the last on.
  func backward(
    _ score: Score, _ body: @escaping (_ site: Int, _ gradient: AttentionShares) -> Void
  ) throws {
    guard let outputs else { throw InputError(.method, "the network did not run") }
    onGradient = { body($0, AttentionShares($1)) }
    defer { onGradient = nil }
    try session.backward(score, outputs, reaching: Set(attentions.sites.map(\.call)))
  }

  /// What left the block around an attention, and the call that it left.
  func block(_ index: Int) throws(InputError) -> (call: Int, output: Tensor) {
    guard let blocks = attentions.blocks, let output = blockOutputs[index] else {
      throw InputError(.method, "a block did not run")
    }
    return (blocks[index], output)
  }

  /// The gradient at an attention from that at its block's output.
  func gradient(at index: Int, ofBlockOutput gradient: Tensor) throws -> AttentionShares? {
    var seen: AttentionShares?
    onGradient = { site, tensor in if site == index { seen = AttentionShares(tensor) } }
    defer { onGradient = nil }
    let call = try block(index).call
    try session.backward(gradient, atOutputOf: call, reaching: [attentions.sites[index].call])
    return seen
  }
}
