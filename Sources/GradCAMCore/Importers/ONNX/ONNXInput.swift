import ModelFormats

extension ONNXImporter {
  /// The one input that is an image: its sizes, and whether it is stored channels-last.
  struct ImageInput {
    /// In which order the file has an image's axes.
    enum Order {
      /// N C H W.
      case channelsFirst
      /// N H W C, which whatever takes it turns to N C H W at once.
      case turnedAtOnce
      /// N H W C.
      case channelsLast
    }

    var name: String
    var size: InputSize
    /// What the file calls for.
    var order: Order
    /// Whether it takes whole numbers.
    var isInteger: Bool
  }

  /// Finds the image among a graph's inputs, and gives the sizes that it leaves open.
  ///
  /// - Throws: `InputError` without a subject: no input, several, one that is no image, or a size that does not fit.
  static func imageInput(
    _ graph: ONNXGraph, size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int)
  ) throws(InputError) -> ImageInput {
    guard let input = graph.inputs.first else { throw InputError("", "has no input") }
    guard graph.inputs.count == 1 else {
      throw InputError("", "has several inputs (\(list(graph.inputs.map(\.name))))", remedy: "a network of one image")
    }
    let dimensions = input.dimensions?.map(fixedSize) ?? [nil, nil, nil, nil]
    guard dimensions.count == 4 else {
      throw InputError(
        "", "takes an input \(input.name.printable) of \(dimensions.count) axes", remedy: "a batch of images, N C H W")
    }
    if let type = input.elementType, ![.float32, .float16, .bfloat16, .float64, .uint8].contains(type) {
      throw InputError(
        "", "takes an input \(input.name.printable) of type \(type.rawValue)", remedy: "a float32 export")
    }
    let order = order(of: input.name, dimensions, in: graph)
    let places = order != .channelsFirst ? (channels: 3, height: 1, width: 2) : (channels: 1, height: 2, width: 3)
    func pick(_ fixed: Int?, _ wanted: Int?, _ usual: Int, _ what: String) throws(InputError) -> Int {
      guard let fixed else { return wanted ?? usual }
      guard let wanted, wanted != fixed else { return fixed }
      throw InputError(.inputShape, "asks for \(wanted) \(what), and the model takes \(fixed)")
    }
    let channels = try pick(dimensions[places.channels], size?.channels, 3, "channels")
    let height = try pick(dimensions[places.height], size?.height, preferred.height, "rows")
    let width = try pick(dimensions[places.width], size?.width, preferred.width, "columns")
    guard (1...4096).contains(channels), (1...1 << 16).contains(height), (1...1 << 16).contains(width),
      (try? Shape(1, channels, height, width).expectingMemory()) != nil
    else {
      throw InputError("", "takes an input \(input.name.printable) of the absurd size \(channels)×\(height)×\(width)")
    }
    let isFixed = dimensions[places.height] != nil && dimensions[places.width] != nil
    let sizes = InputSize(channels: channels, height: height, width: width, isFixed: isFixed)
    return ImageInput(name: input.name, size: sizes, order: order, isInteger: input.elementType == .uint8)
  }

  /// An image has one channel or three: where only the last axis can be them, they are last, whatever the network does with them first.
  private static func order(of input: String, _ dimensions: [Int?], in graph: ONNXGraph) -> ImageInput.Order {
    if isTurned(input, in: graph) { return .turnedAtOnce }
    let isChannels = { (size: Int?) in size == 1 || size == 3 }
    guard let second = dimensions[1], !isChannels(second), isChannels(dimensions[3]) else { return .channelsFirst }
    return .channelsLast
  }

  /// Whether all that takes the input turns it from N H W C to N C H W first.
  private static func isTurned(_ input: String, in graph: ONNXGraph) -> Bool {
    let users = graph.nodes.filter { $0.inputs.contains(input) }
    return !users.isEmpty
      && users.allSatisfy { node in
        guard node.opType == "Transpose", case .ints(let order) = node.attributes["perm"] else { return false }
        return order == [0, 3, 1, 2]
      }
  }

  private static func fixedSize(_ dimension: ONNXDimension) -> Int? {
    if case .fixed(let size) = dimension { return size }
    return nil
  }
}
