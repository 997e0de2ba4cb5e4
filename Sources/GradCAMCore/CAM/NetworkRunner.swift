import ModelFormats

/// A network that a method may run again, beside the pass that an image's evidence came from: with hooks and passes of its own.
final class NetworkRunner {
  let session: Session
  /// The image that is explained: 1 C H W.
  let input: Tensor
  private let supportsBatches: Bool
  private let usesShortcuts: Bool
  /// Whose hooks layers are seen through.
  private let library: PeerLibrary?
  private var resumable: [String: Bool] = [:]

  init(beside session: Session, input: Tensor, usesShortcuts: Bool, library: PeerLibrary? = nil) {
    self.session = Session(beside: session)
    (self.input, self.usesShortcuts, self.library) = (input, usesShortcuts, library)
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

  /// The same for activations, N C H W, in the place of what leaves the layer at `site`: by running what follows the layer, or,
  /// where a connection passes it by, the whole network with the layer's output replaced.
  func outputs(
    replacing site: LayerSite, by activations: Tensor, at point: Session.ScorePoint
  ) throws -> OutputRows {
    if canResume(at: site.path) {
      return try inEachImage(of: activations, takesBatches: site.view.takesBatches) { batch in
        let own = site.turnedBack(batch, session.context)
        return OutputRows(try session.forward(resumingAt: site.path, with: own)[point], images: batch.shape.n)
      }
    }
    return try inEachImage(of: activations, takesBatches: site.view.takesBatches) { batch in
      try session.withHooks {
        try replaceOutput(of: site.path, by: site.turnedBack(batch, session.context))
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

  /// What leaves the layer at `site` for a batch of inputs, and the score's gradient there: N C H W each.
  func layerGradients(
    of score: Score, site: LayerSite, at inputs: Tensor
  ) throws -> (activations: Tensor, gradients: Tensor) {
    var activations: [Tensor] = []
    let gradients = try concatenating(inputs, takesBatches: site.view.takesBatches) { batch in
      try session.withHooks {
        let probe = try LayerProbe(session, site.path, capturesGradient: true, as: library)
        try session.backward(score, session.forward(batch))
        let seen = site.turned(try probe.captured(), session.context)
        activations.append(seen)
        return probe.gradients.map { site.turned($0, session.context) } ?? Tensor(repeating: 0, seen.shape)
      }
    }
    return (Tensor.concatenating(activations), gradients)
  }

  /// The gradient of the score of what the network makes behind a call of a value there, in the value's own order of axes.
  ///
  /// - Throws: `InputError` where a connection passes the call by.
  func gradient(of score: Score, behind call: Int, at value: Tensor) throws -> Tensor {
    var gradient: Tensor?
    try session.withHooks {
      _ = session.registerSourceHook { gradient = $0 }
      try session.backward(score, session.forward(resumingBehind: call, with: value))
    }
    return gradient ?? Tensor(repeating: 0, value.shape)
  }

  /// The score's gradient at the layer at `site` for other activations there: N C H W.
  ///
  /// - Parameter prepare: registers hooks that take part in the pass and are removed after it.
  func gradients(
    of score: Score, site: LayerSite, at activations: Tensor, hooks prepare: (Session) throws -> Void = { _ in }
  ) throws -> Tensor {
    try concatenating(activations, takesBatches: site.view.takesBatches) { batch in
      var gradient: Tensor?
      try session.withHooks {
        try prepare(session)
        let own = site.turnedBack(batch, session.context)
        if canResume(at: site.path) {
          _ = session.registerSourceHook { gradient = $0 }
          return try session.backward(score, session.forward(resumingAt: site.path, with: own))
        }
        try replaceOutput(of: site.path, by: own)
        let probe = try LayerProbe(session, site.path, capturesGradient: true)
        try session.backward(score, session.forward(input.repeated(batch.shape.n)))
        gradient = probe.gradients
      }
      return gradient.map { site.turned($0, session.context) } ?? Tensor(repeating: 0, batch.shape)
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

  /// - Parameter takesBatches: whether several images are one tensor at the layer, too.
  private func inEachImage(
    of batch: Tensor, takesBatches: Bool = true, _ run: (Tensor) throws -> OutputRows
  ) throws -> OutputRows {
    if supportsBatches && takesBatches || batch.shape.n == 1 { return try run(batch) }
    var rows = try run(batch.images(0..<1))
    for image in 1..<batch.shape.n { rows.append(try run(batch.images(image..<image + 1))) }
    return rows
  }

  private func concatenating(
    _ batch: Tensor, takesBatches: Bool = true, _ run: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    if supportsBatches && takesBatches || batch.shape.n == 1 { return try run(batch) }
    return Tensor.concatenating(try (0..<batch.shape.n).map { try run(batch.images($0..<$0 + 1)) })
  }
}
