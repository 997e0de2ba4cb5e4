import ModelFormats

/// A network that a method may run again, beside the pass that an image's evidence came from: with hooks and passes of its own.
final class NetworkRunner {
  let session: Session
  /// The image that is explained: 1 C H W.
  let input: Tensor
  private let supportsBatches: Bool
  private let usesShortcuts: Bool
  private var resumable: [String: Bool] = [:]

  init(beside session: Session, input: Tensor, usesShortcuts: Bool) {
    self.session = Session(beside: session)
    (self.input, self.usesShortcuts) = (input, usesShortcuts)
    let outputs = [1, 2].map { count in
      (try? session.graph.shapes(for: input.shape.withImages(count)))?[session.graph.output]
    }
    // Some exporters fold a batch of one into the network's constants, or take the first image's outputs.
    supportsBatches = outputs[1]?.dimensions.first == 2 && outputs[1]?.count == 2 * (outputs[0]?.count ?? 0)
  }

  // MARK: Forward

  /// What leaves the network for a batch of inputs, N C H W, at the place where scores are read.
  ///
  /// - Throws: `InputError` naming the module that a shape does not fit.
  func outputs(of inputs: Tensor, at point: Session.ScorePoint) throws -> OutputRows {
    try inEachImage(of: inputs) { OutputRows(try session.forward($0)[point], images: $0.shape.n) }
  }

  /// The same for activations, N C H W, in the place of what leaves the layer at `path`: by running what follows the layer, or,
  /// where a connection passes it by, the whole network with the layer's output replaced.
  func outputs(
    replacing path: String, by activations: Tensor, at point: Session.ScorePoint
  ) throws -> OutputRows {
    if canResume(at: path) {
      return try inEachImage(of: activations) {
        OutputRows(try session.forward(resumingAt: path, with: $0)[point], images: $0.shape.n)
      }
    }
    return try inEachImage(of: activations) { batch in
      try session.withHooks {
        try replaceOutput(of: path, by: batch)
        return OutputRows(try session.forward(input.repeated(batch.shape.n))[point], images: batch.shape.n)
      }
    }
  }

  // MARK: Backward

  /// The score's gradient at each of a batch of inputs: N C H W.
  ///
  /// - Parameter prepare: registers hooks that take part in the pass and are removed after it.
  func inputGradients(
    of score: Score, at inputs: Tensor, hooks prepare: (Session) throws -> Void = { _ in }
  ) throws -> Tensor {
    try concatenating(inputs) { batch in
      var gradient: Tensor?
      try session.withHooks {
        try prepare(session)
        _ = session.registerSourceHook { gradient = $0 }
        try session.backward(score, session.forward(batch))
      }
      return gradient ?? Tensor(repeating: 0, batch.shape)
    }
  }

  /// What leaves the layer at `path` for a batch of inputs, and the score's gradient there: N C H W each.
  func layerGradients(
    of score: Score, path: String, at inputs: Tensor
  ) throws -> (activations: Tensor, gradients: Tensor) {
    var activations: [Tensor] = []
    let gradients = try concatenating(inputs) { batch in
      try session.withHooks {
        let probe = try LayerProbe(session, path, capturesGradient: true)
        try session.backward(score, session.forward(batch))
        let seen = try probe.captured()
        activations.append(seen)
        return probe.gradients ?? Tensor(repeating: 0, seen.shape)
      }
    }
    return (Tensor.concatenating(activations), gradients)
  }

  /// The score's gradient at the layer at `path` for other activations there: N C H W.
  ///
  /// - Parameter prepare: registers hooks that take part in the pass and are removed after it.
  func gradients(
    of score: Score, path: String, at activations: Tensor, hooks prepare: (Session) throws -> Void = { _ in }
  ) throws -> Tensor {
    try concatenating(activations) { batch in
      var gradient: Tensor?
      try session.withHooks {
        try prepare(session)
        if canResume(at: path) {
          _ = session.registerSourceHook { gradient = $0 }
          return try session.backward(score, session.forward(resumingAt: path, with: batch))
        }
        try replaceOutput(of: path, by: batch)
        let probe = try LayerProbe(session, path, capturesGradient: true)
        try session.backward(score, session.forward(input.repeated(batch.shape.n)))
        gradient = probe.gradients
      }
      return gradient ?? Tensor(repeating: 0, batch.shape)
    }
  }

  // MARK: -

  /// Whether everything passes through the layer, so that the network can go on from there.
  private func canResume(at path: String) -> Bool {
    guard usesShortcuts else { return false }
    if let known = resumable[path] { return known }
    let result = Head(session.graph, behind: path, shapes: [:], at: .output)?.isResumable ?? false
    resumable[path] = result
    return result
  }

  /// Puts activations in the place of the layer's last output, as a constant.
  private func replaceOutput(of path: String, by batch: Tensor) throws(InputError) {
    let calls = session.graph.moduleIndex(path).map { session.graph.modules[$0].calls.count } ?? 1
    var call = 0
    _ = try session.registerForwardHook(path) { _, _, _ in
      call += 1
      return call == calls ? Replacement(batch) : nil
    }
  }

  private func inEachImage(of batch: Tensor, _ run: (Tensor) throws -> OutputRows) throws -> OutputRows {
    if supportsBatches || batch.shape.n == 1 { return try run(batch) }
    var rows = try run(batch.images(0..<1))
    for image in 1..<batch.shape.n { rows.append(try run(batch.images(image..<image + 1))) }
    return rows
  }

  private func concatenating(_ batch: Tensor, _ run: (Tensor) throws -> Tensor) throws -> Tensor {
    if supportsBatches || batch.shape.n == 1 { return try run(batch) }
    return Tensor.concatenating(try (0..<batch.shape.n).map { try run(batch.images($0..<$0 + 1)) })
  }
}
