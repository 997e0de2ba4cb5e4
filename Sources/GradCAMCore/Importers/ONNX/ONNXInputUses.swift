import ModelFormats

// What a network does with its input before its first convolution tells how the image lies in it.

extension ONNXImporter {
  /// How the input is turned from N H W C to N C H W before anything else is made of it.
  enum Turning {
    case atOnce
    /// Behind steps that treat each number alone, or each channel.
    case later
    case never
  }

  /// Operators that leave an image's axes where they are.
  private static let transparent: Set<String> = [
    "Identity", "Cast", "CastLike", "Mul", "Sub", "Add", "Div", "Neg", "Pow", "Sqrt", "Clip", "Pad", "Resize",
    "Upsample", "QuantizeLinear", "DequantizeLinear", "Dropout", "Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh",
    "Where", "Min",
    "Max", "BatchNormalization", "InstanceNormalization", "Abs", "Round", "Floor", "Sum", "Reciprocal",
  ]
  /// Those that may change how many channels there are.
  private static let rearranging: Set<String> = ["Gather", "Slice", "Split", "Concat"]

  /// The nodes that take a value, in the file's order.
  private var users: [String: [Int]] {
    model.graph.nodes.enumerated().reduce(into: [:]) { users, node in
      for name in Set(node.element.inputs) where !name.isEmpty { users[name, default: []].append(node.offset) }
    }
  }

  /// Follows the input to the first nodes that turn it.
  func turning(of input: String) -> Turning {
    let users = users
    var (open, seen) = ([input], Set([input]))
    var (isTurned, isDirect) = (false, true)
    while let name = open.popLast() {
      for index in users[name] ?? [] {
        let node = model.graph.nodes[index]
        switch node.opType {
        case "Transpose":
          guard case .ints([0, 3, 1, 2]) = node.attributes["perm"] else { return .never }
          isTurned = true
          isDirect = isDirect && name == input
        case "Shape", "Size": isDirect = false
        default:
          guard Self.transparent.contains(node.opType) || Self.rearranging.contains(node.opType) else { return .never }
          isDirect = false
          open += node.outputs.filter { seen.insert($0).inserted }
        }
      }
    }
    return isTurned ? (isDirect ? .atOnce : .later) : .never
  }

  /// How many channels the first convolution takes, or the first constants that hold a number for each; nil where nothing tells.
  mutating func channelsTaken(of input: String, isLast: Bool) -> Int? {
    let users = users
    var open = [(name: input, isLast: isLast)]
    var (seen, place) = (Set([input]), 0)
    // The nearest to the input first.
    while place < open.count {
      let (name, isLast) = open[place]
      place += 1
      for index in users[name] ?? [] {
        let node = model.graph.nodes[index]
        if let count = channels(of: node, taking: name, isLast: isLast) { return count }
        let isTransparent = Self.transparent.contains(node.opType) || node.opType == "Transpose"
        guard isTransparent else { continue }
        let turned = isLast && node.opType != "Transpose"
        open += node.outputs.filter { seen.insert($0).inserted }.map { ($0, turned) }
      }
    }
    return nil
  }

  /// How many channels a node says that the value `name` has.
  private mutating func channels(of node: ONNXNode, taking name: String, isLast: Bool) -> Int? {
    let isFirst = node.inputs.first == name
    switch node.opType {
    case "Conv" where isFirst && node.inputs.count > 1:
      guard let shape = constantShape(node.inputs[1]), shape.rank >= 3 else { return nil }
      var groups = 1
      if case .int(let count) = node.attributes["group"] { groups = count }
      return bounded(shape[1].multipliedReportingOverflow(by: groups))
    case "ConvTranspose" where isFirst && node.inputs.count > 1:
      guard let shape = constantShape(node.inputs[1]), shape.rank >= 3 else { return nil }
      return bounded((shape[0], false))
    case "BatchNormalization" where isFirst && node.inputs.count > 1,
      "InstanceNormalization" where isFirst && node.inputs.count > 1:
      return constantShape(node.inputs[1]).flatMap { bounded(($0.count, false)) }
    case "Mul", "Sub", "Add", "Div":
      for other in node.inputs where other != name {
        guard let shape = constantShape(other) else { continue }
        let axis = shape.rank - (isLast ? 1 : 3)
        // One number is for all channels.
        if axis >= 0, shape[axis] > 1 { return bounded((shape[axis], false)) }
      }
      return nil
    default: return nil
    }
  }

  private func bounded(_ count: (partialValue: Int, overflow: Bool)) -> Int? {
    !count.overflow && (1...4096).contains(count.partialValue) ? count.partialValue : nil
  }

  /// The shape of a value that does not depend on the image; computed where it has to be.
  private mutating func constantShape(_ name: String) -> Shape? {
    if let operand = operands[name] { return operand.shape }
    // Every network tells it soon.
    guard trialsLeft > 0 else { return nil }
    trialsLeft -= 1
    var trial = self
    var frame = ONNXFrame(model.graph.nodes, places: model.graph.modulePlaces(), producers: producers, forgets: false)
    // Nothing is known of the image yet: what depends on it fails, and adds nothing to the network.
    guard (try? trial.convert(&frame, frame.require([name]), keeping: [])) != nil else { return nil }
    guard case .constant(let constant)? = trial.operands[name] else { return nil }
    return constant.shape
  }
}
