import ModelFormats

/// A network that a method may run again, beside the pass that an image's evidence came from: with hooks and passes of its own.
final class NetworkRunner {
  let session: Session
  /// The image that is explained: 1 C H W.
  let input: Tensor
  /// Whether several images may be one tensor. Some exporters fold a batch of one into the network's constants, or take the first image's
  /// outputs. Most methods never ask.
  private lazy var supportsBatches: Bool = {
    let outputs = [1, 2].map { count in
      (try? session.graph.shapes(for: input.shape.withImages(count)))?[session.graph.output]
    }
    return outputs[1]?.dimensions.first == 2 && outputs[1]?.count == 2 * (outputs[0]?.count ?? 0)
  }()
  private let usesShortcuts: Bool
  /// Whose hooks layers are seen through.
  private let library: PeerLibrary?
  private var continuations: [String: Continuation?] = [:]

  init(beside session: Session, input: Tensor, usesShortcuts: Bool, library: PeerLibrary? = nil) {
    self.session = Session(beside: session)
    (self.input, self.usesShortcuts, self.library) = (input, usesShortcuts, library)
  }

  // MARK: Forward

  /// What leaves the network for a batch of inputs, N C H W, at the place where scores are read.
  ///
  /// - Throws: `InputError` naming the module that a shape does not fit.
  func outputs(of inputs: Tensor, at point: Session.ScorePoint) throws -> OutputRows {
    try inEachImage(of: inputs) { OutputRows(try session.forward($0)[point], images: $0.shape.n) }
  }

  /// The same for activations, N C H W, in the place of what leaves the layer at `site`: by running what follows the layer, beside what
  /// passes it by; the whole network with the layer's output replaced where shortcuts are not wanted.
  func outputs(
    replacing site: LayerSite, by activations: Tensor, at point: Session.ScorePoint
  ) throws -> OutputRows {
    let continuation = try continuation(behind: site)
    let takesBatches = continuation?.takesBatches ?? (supportsBatches && site.view.takesBatches)
    return try inEachImage(of: activations, takesBatches: takesBatches) { batch in
      let (own, images) = (site.turnedBack(batch, session.context), batch.shape.n)
      if let continuation {
        return OutputRows(try session.forward(continuation, from: own, images: images)[point], images: images)
      }
      return try session.withHooks {
        try replaceOutput(of: site.path, by: own)
        return OutputRows(try session.forward(input.repeated(images))[point], images: images)
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
    let gradients = try concatenating(inputs, takesBatches: supportsBatches && site.view.takesBatches) { batch in
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
    let continuation = try continuation(behind: site)
    let takesBatches = continuation?.takesBatches ?? (supportsBatches && site.view.takesBatches)
    return try concatenating(activations, takesBatches: takesBatches) { batch in
      var gradient: Tensor?
      try session.withHooks {
        try prepare(session)
        let own = site.turnedBack(batch, session.context)
        if let continuation {
          _ = session.registerSourceHook { gradient = $0 }
          return try session.backward(score, session.forward(continuation, from: own, images: batch.shape.n))
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

  /// How the network goes on behind the layer; nil where it has to run as a whole.
  private func continuation(behind site: LayerSite) throws -> Continuation? {
    guard usesShortcuts else { return nil }
    if let known = continuations[site.path] { return known }
    let result = try Continuation(session, behind: site, input)
    continuations[site.path] = .some(result)
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

  /// - Parameter takesBatches: whether several images may be one tensor; nil for inputs.
  private func inEachImage(
    of batch: Tensor, takesBatches: Bool? = nil, _ run: (Tensor) throws -> OutputRows
  ) throws -> OutputRows {
    if takesBatches ?? supportsBatches || batch.shape.n == 1 { return try run(batch) }
    var rows = try run(batch.images(0..<1))
    for image in 1..<batch.shape.n { rows.append(try run(batch.images(image..<image + 1))) }
    return rows
  }

  private func concatenating(
    _ batch: Tensor, takesBatches: Bool? = nil, _ run: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    if takesBatches ?? supportsBatches || batch.shape.n == 1 { return try run(batch) }
    return Tensor.concatenating(try (0..<batch.shape.n).map { try run(batch.images($0..<$0 + 1)) })
  }
}

extension Session {
  /// - Parameters:
  ///   - activations: what leaves the layer, in its own order of axes.
  ///   - images: how many they are of.
  fileprivate func forward(
    _ continuation: Continuation, from activations: Tensor, images: Int
  ) throws -> Outputs {
    try forward(resumingBehind: continuation.call, with: activations, beside: continuation.beside(images))
  }
}
