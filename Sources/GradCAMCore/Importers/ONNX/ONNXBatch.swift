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
    return Graph(nodes: changed, calls: calls, modules: modules, input: input, output: output)
  }

  private func mixesImages(_ node: Node, _ batch: Int) -> InputError {
    let path = modules[calls[node.call].module].path.printable.clipped(to: 96)
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
        BoundOperation(bound.operation, constants: constants, count: bound.count, trainedCount: bound.trainedCount)
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
