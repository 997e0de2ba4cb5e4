import ModelFormats

extension Graph {
  /// The same network for one image, of a graph that was exported for a batch of them.
  ///
  /// It is run image by image where that gives what the batch gives, and only there: every value must have the images along one axis,
  /// and be of one image when the input is. Sizes of reshapes that hold the number of images are divided by it; constants that hold the
  /// same numbers for each image are taken once.
  ///
  /// - Parameter full: the input that the graph was made for.
  /// - Throws: `InputError` naming the module that mixes the images of a batch, or takes no other number of them.
  func takingOneImage(of full: Shape) throws(InputError) -> Graph {
    let batch = full[0]
    var one = full
    one[0] = 1
    var values = [input: BatchedValue(full: full, one: one, axis: 0, inner: 1)]
    var changed: [Node] = []
    for node in nodes {
      let inputs = node.inputs.compactMap { values[$0] }
      let whole = try node.operation.outputShape(of: inputs.map(\.full)).expectingMemory()
      let candidates = [node.operation] + node.operation.dividing(batch)
      let fitting = candidates.lazy.compactMap { operation -> (any Operation, BatchedValue)? in
        BatchedValue(of: operation, inputs, whole, batch).map { (operation, $0) }
      }.first
      guard let (operation, value) = fitting else { throw mixesImages(node, batch) }
      values[node.output] = value
      changed.append(Node(operation: operation, inputs: node.inputs, output: node.output, call: node.call))
    }
    // Scores of one image have to follow one another.
    if let scores = values[output], scores.full.dimensions[..<scores.axis].contains(where: { $0 > 1 }),
      let last = nodes.last(where: { $0.output == output })
    {
      throw mixesImages(last, batch)
    }
    return Graph(nodes: changed, calls: calls, modules: modules, input: input, output: output)
  }

  /// Makes sure that a batch gives each image what the network for one image gives it. Shapes do not tell whether an operation looks
  /// along the images, as a softmax may: random images do, the first of a batch and the last.
  ///
  /// - Throws: `InputError` where they differ, or where a pass over the batch finds no memory.
  func expectSame(by one: Graph, asOn full: Shape, threads: Int) throws(InputError) {
    let (batch, size) = (full[0], full.count / full[0])
    let session = Session(self, threads: threads)
    let pass = try session.memory(for: full)
    let need = MemoryNeed(filled: saturatingSum(pass.weights, saturatingSum(pass.arena, pass.values)))
    try MemoryHeadroom.now().expect(need, "was exported for a batch of \(batch), which takes", remedy: "a batch of one")
    var random = SplitMix64(state: 1)
    let images = (0..<full.count).map { _ in random.next().unitFloat }
    let all = try outcome(of: session, Tensor(full) { $0.update(from: images, count: full.count) })
    var alone = full
    alone[0] = 1
    let single = Session(one, threads: threads)
    for image in [0, batch - 1] {
      let part = images[image * size..<(image + 1) * size]
      let scores = try outcome(of: single, Tensor(alone) { $0.update(from: Array(part), count: size) })
      let expected = all[image * scores.count..<(image + 1) * scores.count]
      let largest = zip(scores, expected).reduce(1e-6) { max($0, abs($1.0), abs($1.1)) }
      guard zip(scores, expected).allSatisfy({ abs($0 - $1) <= 1e-3 * largest }) else {
        throw InputError(
          "", "was exported for a batch of \(batch), whose images change each other's scores",
          remedy: "an export for a batch of one")
      }
    }
  }

  private func outcome(of session: Session, _ input: Tensor) throws(InputError) -> [Float] {
    do { return try session.forward(input).output.logical() } catch let error as InputError { throw error } catch {
      throw InputError("", "\(error)")
    }
  }

  private func mixesImages(_ node: Node, _ batch: Int) -> InputError {
    let path = modules[calls[node.call].module].path.brief(96)
    return InputError(
      "", "was exported for a batch of \(batch), and \(path) (\(node.operation.kind)) takes no single image",
      remedy: "an export for a batch of one")
  }
}

/// A value of a batch, and the part of it that is one image's.
private struct BatchedValue {
  let full: Shape
  let one: Shape
  /// The axis that the images lie along, alone or among other things.
  let axis: Int
  /// How many entries of that axis one image has in a row.
  let inner: Int

  /// How far neighbouring images are apart.
  private var stride: Int { inner * full.dimensions[(axis + 1)...].reduce(1, *) }

  init(full: Shape, one: Shape, axis: Int, inner: Int) {
    (self.full, self.one, self.axis, self.inner) = (full, one, axis, inner)
  }

  /// What an operation makes of one image's parts, where that is one image's part of what it makes of all; nil elsewhere.
  init?(of operation: any Operation, _ inputs: [BatchedValue], _ whole: Shape, _ batch: Int) {
    guard let first = inputs.first, let shape = try? operation.outputShape(of: inputs.map(\.one)),
      shape.rank == whole.rank, case let changed = shape.dimensions.indices.filter({ shape[$0] != whole[$0] }),
      changed.count == 1, shape[changed[0]] * batch == whole[changed[0]]
    else { return nil }
    (full, one, axis) = (whole, shape, changed[0])
    if operation is any ReshapingOperation {
      // Elements stay where they are: so must the images.
      let step = whole.dimensions[(changed[0] + 1)...].reduce(1, *)
      guard step > 0, first.stride % step == 0, case let inner = first.stride / step, inner > 0,
        whole[changed[0]] % (inner * batch) == 0
      else { return nil }
      self.inner = inner
    } else {
      guard inputs.allSatisfy({ $0.inner == first.inner && $0.full[$0.axis] == whole[changed[0]] }) else { return nil }
      inner = first.inner
    }
  }
}

extension Operation {
  /// The operation for one image of `batch`, in the ways that it may be meant.
  fileprivate func dividing(_ batch: Int) -> [any Operation] {
    if let reshape = self as? Reshape {
      let sizes = reshape.dimensions
      return sizes.indices.filter { sizes[$0] >= batch && sizes[$0] % batch == 0 }.map { axis in
        var sizes = sizes
        sizes[axis] /= batch
        return Reshape(sizes)
      }
    }
    if let expand = self as? Expand, let first = expand.target.dimensions.first, first == batch {
      return [Expand([1] + expand.target.dimensions.dropFirst())]
    }
    if let bound = self as? BoundOperation {
      let constants = bound.constants.mapValues { $0.image(of: batch) ?? $0 }
      return [
        BoundOperation(
          bound.operation, constants: constants, count: bound.count, trainedCount: bound.trainedCount,
          weights: bound.weights)
      ]
    }
    return []
  }
}

extension Tensor {
  /// The part for one image; nil where images differ, or where this is no constant for a batch.
  fileprivate func image(of batch: Int) -> Tensor? {
    guard shape.rank >= 1, shape[0] == batch, count > 0 else { return nil }
    let size = count / batch
    return withElements { elements in
      for place in size..<count where elements[place].bitPattern != elements[place - size].bitPattern { return nil }
      return Tensor(Shape([1] + shape.dimensions.dropFirst())) { target in
        for place in 0..<size { target[place] = elements[place] }
      }
    }
  }
}
