import ModelFormats

/// A network's input: channels, and rows and columns where the network fixes or prefers them.
public struct InputSize: Codable, Sendable, Hashable {
  /// Axis 1 of the input.
  public var channels: Int
  /// Rows, in pixels.
  public var height: Int
  /// Columns, in pixels.
  public var width: Int
  /// Whether the network takes no other size.
  public var isFixed: Bool

  init(channels: Int, height: Int, width: Int, isFixed: Bool) {
    (self.channels, self.height, self.width, self.isFixed) = (channels, height, width, isFixed)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    channels = try container.decode(Int.self, forKey: .channels)
    height = try container.decode(Int.self, forKey: .height)
    width = try container.decode(Int.self, forKey: .width)
    isFixed = try container.decode(Bool.self, forKey: .isFixed)
    if let size = [channels, height, width].first(where: { !(1..<1 << 16).contains($0) }) {
      throw InputError("", "\(size) is no size of an input")
    }
  }
}
