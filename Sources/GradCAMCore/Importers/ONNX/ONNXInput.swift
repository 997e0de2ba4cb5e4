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
    /// How many images the file insists on; 1 where any number will do.
    var batch: Int
  }

  /// Finds the image among the inputs that the output depends on, and gives the sizes that it leaves open.
  ///
  /// - Parameter reached: names that the output may depend on.
  /// - Throws: `InputError` without a subject: no input, several, one that is no image, or a size that does not fit.
  mutating func imageInput(
    _ reached: Set<String>, size: (channels: Int, height: Int, width: Int)?, preferred: (height: Int, width: Int)
  ) throws(InputError) -> ImageInput {
    let input = try image(reached)
    let dimensions = input.dimensions?.map(Self.fixedSize) ?? [nil, nil, nil, nil]
    let name = input.name.brief(60)
    guard dimensions.count == 4 else {
      throw InputError("", "takes an input \(name) of \(dimensions.count) axes", remedy: "a batch of images, N C H W")
    }
    if let type = input.elementType, !Self.imageTypes.contains(type) {
      throw InputError("", "takes an input \(name) of type \(type.rawValue)", remedy: "a float32 export")
    }
    let order = order(of: input.name, dimensions)
    let places = order != .channelsFirst ? (channels: 3, height: 1, width: 2) : (channels: 1, height: 2, width: 3)
    func pick(_ fixed: Int?, _ wanted: Int?, _ usual: Int, _ what: String) throws(InputError) -> Int {
      guard let fixed else { return wanted ?? usual }
      guard let wanted, wanted != fixed else { return fixed }
      throw InputError(.inputShape, "asks for \(wanted) \(what), and the model takes \(fixed)")
    }
    var channels = dimensions[places.channels] ?? size?.channels
    if channels == nil { channels = channelsTaken(of: input.name, isLast: order != .channelsFirst) }
    let picked = try pick(dimensions[places.channels], size?.channels, channels ?? 3, "channels")
    let height = try pick(dimensions[places.height], size?.height, preferred.height, "rows")
    let width = try pick(dimensions[places.width], size?.width, preferred.width, "columns")
    // A size of 0 is how some exporters write an open one.
    let batch = max(dimensions[0] ?? 1, 1)
    guard (1...4096).contains(picked), (1...1 << 16).contains(height), (1...1 << 16).contains(width),
      (try? Shape(batch, picked, height, width).expectingMemory()) != nil
    else {
      throw InputError("", "takes an input \(name) of the absurd size \(picked)×\(height)×\(width)")
    }
    let isFixed = dimensions[places.height] != nil && dimensions[places.width] != nil
    let sizes = InputSize(channels: picked, height: height, width: width, isFixed: isFixed)
    return ImageInput(
      name: input.name, size: sizes, order: order, isInteger: input.elementType == .uint8, batch: batch)
  }

  private static let imageTypes: [ElementType] = [.float32, .float16, .bfloat16, .float64, .uint8]

  /// The input that can be an image, of those that are needed. What takes another one is refused when it turns out to be needed.
  private func image(_ reached: Set<String>) throws(InputError) -> ONNXValueInfo {
    let inputs = model.graph.inputs
    guard let first = inputs.first else { throw InputError("", "has no input") }
    let needed = inputs.filter { reached.contains($0.name) }
    guard needed.count > 1 else { return needed.first ?? first }
    let images = needed.filter { input in
      (input.dimensions?.count ?? 4) == 4 && !input.isForeign
        && (input.elementType.map(Self.imageTypes.contains) ?? true)
    }
    guard images.count == 1 else {
      throw InputError(
        "", "has several inputs (\(Self.list(needed.map(\.name))))", remedy: "a network of one image")
    }
    return images[0]
  }

  /// An image has one channel or three: where only the last axis can be them, they are last, whatever the network does with them first.
  private func order(of input: String, _ dimensions: [Int?]) -> ImageInput.Order {
    let isChannels = { (size: Int?) in size == 1 || size == 3 }
    switch turning(of: input) {
    case .atOnce: return .turnedAtOnce
    // What stands before the first convolution may turn an image of three rows, too.
    case .later where !isChannels(dimensions[1]) || isChannels(dimensions[3]): return .channelsLast
    default: break
    }
    guard let second = dimensions[1], !isChannels(second), isChannels(dimensions[3]) else { return .channelsFirst }
    return .channelsLast
  }

  private static func fixedSize(_ dimension: ONNXDimension) -> Int? {
    if case .fixed(let size) = dimension { return size }
    return nil
  }
}
