import ModelFormats

extension ONNXImporter {
  /// Converts nodes, and before a choice between graphs what the chosen one takes.
  ///
  /// - Parameters:
  ///   - indices: the nodes, each behind those whose values it takes.
  ///   - kept: values that are of use behind the last node.
  mutating func convert(_ frame: inout ONNXFrame, _ indices: [Int], keeping kept: [String]) throws(InputError) {
    // A stack of our own: choices may depend on one another in a long chain.
    var lists = [indices[...]]
    while let list = lists.popLast() {
      guard let index = list.first else { continue }
      let node = frame.nodes[index]
      do {
        let more = node.opType == "If" ? frame.require(try branch(node).captures) : []
        guard more.isEmpty else {
          lists += [list, more[...]]
          continue
        }
        try convert(node, at: frame.places[index])
      } catch {
        if !isErrorNamed, let other = embeddingError(node) {
          isErrorNamed = true
          throw other
        }
        throw named(error, node)
      }
      for name in frame.lastUses[index] ?? [] where !kept.contains(name) {
        if case .constant? = operands[name] { operands[name] = nil }
      }
      lists.append(list.dropFirst())
    }
  }

  private mutating func convert(_ node: ONNXNode, at place: ModulePlace) throws(InputError) {
    try emitter.budget.step()
    if let source = channelsLastInput, node.opType == "Transpose", node.inputs == [source] {
      operands[node.outputs[0]] = operands[source]
      return
    }
    if try convertGraphs(node, at: place) { return }
    if try convertSequence(node, at: place) { return }
    guard let converter = ONNXConverters.converter(node) else {
      isErrorNamed = true
      throw ONNXOperatorCheck.refusal([node])
    }
    let inputs = try node.inputs.map { name throws(InputError) in try optionalOperand(name) }
    for case .constant(let constant)? in inputs { try emitter.budget.spend(constant.shape.count) }
    let context = context(node, inputs, at: place)
    let results = try converter(context)
    try context.expectAllRead()
    for case .constant(let constant) in results {
      try emitter.budget.spend(constant.shape.count)
      try emitter.budget.hold(constant)
    }
    for (name, result) in zip(node.outputs, results) where !name.isEmpty { operands[name] = result }
  }

  /// The node as a converter sees it.
  func context(_ node: ONNXNode, _ inputs: [ONNXOperand?], at place: ModulePlace) -> ONNXNodeContext {
    let weights = inputs.compactMap { $0?.weight }
    return ONNXNodeContext(
      node: node, operands: inputs, loader: emitter.loader,
      emit: { [emitter] (operation, operands) throws(InputError) in
        try emitter.emit(operation, operands, at: place, weights: weights)
      })
  }

  /// - Returns: nil for an input that is left out.
  func optionalOperand(_ name: String) throws(InputError) -> ONNXOperand? {
    if name.isEmpty { return nil }
    guard let operand = operands[name] else { throw missing(name) }
    return operand
  }

  /// The refusal of a value that is not there: another input than the image, or another output of a node than the ones that are
  /// computed.
  func missing(_ name: String) -> InputError {
    if let what = unread[name] {
      let isSparse = what == "sparse"
      return InputError(
        "", "takes tensor \(name.brief(60)), which is \(isSparse ? what : "one \(what)") and not read",
        remedy: isSparse ? "an export with dense weights" : "an export in float32")
    }
    if model.graph.inputs.contains(where: { $0.name == name }) {
      return InputError(
        "", "takes the input \(name.brief(60)), which is no image",
        remedy: "an export in which it is a constant")
    }
    if sequences[name] != nil {
      return InputError("", "takes \(name.brief(60)), which is a list of tensors")
    }
    guard let maker = producers[name].map({ model.graph.nodes[$0] }), let place = maker.outputs.firstIndex(of: name)
    else { return InputError("", "has an input \(name.brief(60)) that nothing makes") }
    return InputError("", "takes output \(place + 1) of \(maker.label), which is not computed")
  }

  /// An error with the node that it is about.
  private mutating func named(_ error: InputError, _ node: ONNXNode) -> InputError {
    if isErrorNamed { return error }
    isErrorNamed = true
    return InputError(
      error.subject, "\(node.label) \(error.problem)", remedy: error.remedy, errorNumber: error.errorNumber)
  }
}
