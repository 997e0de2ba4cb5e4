/// What both formats of checkpoints consist of: a pickle, and the storages that it names.
struct TorchContents {
  let pickle: Pickle
  /// The storages' bytes by key.
  let storages: [String: ByteRegion]

  /// Whether `value` is what a tensor is pickled as.
  func isTensor(_ value: PickleValue) -> Bool {
    guard let maker = pickle.node(value)?.maker else { return false }
    return maker.hasPrefix("torch._utils._rebuild_") || maker == "torch._tensor._rebuild_from_type_v2"
  }

  /// What would make `value` where it is no tensor and yet has the numbers of some in it; nil for other data.
  ///
  /// - Parameter seen: nodes that were looked at before.
  func makerOfTensors(_ value: PickleValue, _ seen: inout Set<Int>) -> String? {
    guard let maker = pickle.node(value)?.maker else { return nil }
    var open = [value]
    while let next = open.popLast() {
      guard case .node(let index) = next, seen.insert(index).inserted else { continue }
      let node = pickle.nodes[index]
      if node.kind == .persistent { return maker }
      open += node.items + [node.arguments, node.state]
    }
    return nil
  }

  /// The tensor that `value` describes.
  ///
  /// - Throws: `InputError` without a subject: a sparse or quantised tensor, one of a type that is not read, or one that
  ///   does not lie inside its storage.
  func tensor(_ name: String, _ value: PickleValue) throws(InputError) -> TensorRecord {
    guard let node = pickle.node(value), var maker = node.maker, var arguments = pickle.elements(node.arguments) else {
      throw damaged(name)
    }
    // A parameter wraps a tensor, and a tensor with attributes wraps the call that makes it; neither goes deeper.
    for _ in 0..<3 {
      switch maker {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
        return try strided(name, arguments)
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
        guard let inner = arguments.first.flatMap(pickle.node), let innerMaker = inner.maker,
          let innerArguments = pickle.elements(inner.arguments)
        else { throw damaged(name) }
        (maker, arguments) = (innerMaker, innerArguments)
      case "torch._tensor._rebuild_from_type_v2":
        guard arguments.count >= 3, case .global(let inner) = arguments[0], case .global(let type) = arguments[1],
          let innerArguments = pickle.elements(arguments[2])
        else { throw damaged(name) }
        guard ["torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer"].contains(type) else {
          throw unread(name, "of the class \(type.printable)")
        }
        (maker, arguments) = (inner, innerArguments)
      case "torch._utils._rebuild_tensor_v3":
        // PyTorch takes this way for the types that have no storage class of their own.
        guard arguments.count > 6, case .global(let type) = arguments[6] else { throw damaged(name) }
        throw unread(name, "of the type \(type.printable)")
      default: throw unread(name, "made by \(maker.printable)")
      }
    }
    throw damaged(name)
  }

  /// The tensor from the arguments of `_rebuild_tensor_v2`: storage, offset, size, stride, …, metadata.
  private func strided(_ name: String, _ arguments: [PickleValue]) throws(InputError) -> TensorRecord {
    guard arguments.count >= 4, let node = pickle.node(arguments[0]), node.kind == .persistent,
      case .int(let offset) = arguments[1], let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw damaged(name) }
    if arguments.count > 6, let flags = pickle.entries(arguments[6]), !flags.isEmpty {
      throw unread(name, "with the flags \(flags.map(\.key).joined(separator: ", ").printable)")
    }
    let storage = try TorchStorage(node, in: pickle)
    guard let type = storage.type else { throw unread(name, "in a \(storage.className)") }
    guard let data = storages[storage.key] else {
      throw InputError("", "lacks the storage \(storage.key.printable) of tensor \(name.printable)")
    }
    let size = storage.elementCount * storage.elementSize
    guard size <= data.count else {
      throw InputError("", "has \(data.count) bytes of the storage \(storage.key.printable), and \(size) are due")
    }
    guard offset >= 0, offset <= storage.elementCount else {
      throw InputError("", "tensor \(name.printable) begins outside its storage")
    }
    let start = offset * type.size
    let region = ByteRegion(data.file, offset: data.offset + start, count: size - start)
    let record = try TensorRecord(name: name, type: type, shape: shape, strides: strides, region: region)
    try record.refuseExpansion(of: storage.elementCount)
    return record
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = pickle.elements(value), elements.count <= 64 else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .int(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }

  static let foreignByteOrder = InputError(
    "", "was written on a big-endian machine, whose byte order is not read",
    remedy: "load it with PyTorch on this machine and save it again")

  private func damaged(_ name: String) -> InputError {
    InputError("", "is damaged: tensor \(name.printable) is not described as torch.save does it")
  }

  private func unread(_ name: String, _ what: String) -> InputError {
    InputError(
      "", "tensor \(name.printable) is one \(what), which is not read",
      remedy: "make it a plain tensor of float32 before saving it")
  }
}

extension TensorRecord {
  /// Refuses a large tensor that repeats a few elements: a small expanded buffer is honest, and a large one is a few bytes that claim
  /// gigabytes.
  func refuseExpansion(of count: Int) throws(InputError) {
    guard elementCount > max(count, 1 << 16) else { return }
    throw InputError(
      "", "tensor \(name.printable) of shape \(shape) repeats the \(count) elements of its storage",
      remedy: "save a contiguous copy of it")
  }
}
