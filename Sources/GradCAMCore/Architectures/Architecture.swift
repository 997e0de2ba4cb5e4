public import ModelFormats

/// An architecture and what it takes to build it again: `xray-classifier:nc=3,nf=8`.
public struct ArchitectureSpec: Codable, Sendable, Hashable, CustomStringConvertible {
  public var name: String
  public var arguments: [String: Int]

  public init(name: String, arguments: [String: Int] = [:]) { (self.name, self.arguments) = (name, arguments) }

  /// Parses `NAME[:key=value,…]`.
  ///
  /// - Throws: `InputError` without a subject.
  public init(parsing text: String) throws(InputError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(name: String(parts[0]))
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let sides = pair.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, let value = Int(sides[1]), Self.range.contains(value) else {
        throw InputError("", "'\(pair)' is no argument of an architecture", remedy: "key=value with a whole number")
      }
      arguments[String(sides[0])] = value
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      arguments: try container.decode([String: Int].self, forKey: .arguments))
    if let (key, value) = arguments.first(where: { !Self.range.contains($0.value) }) {
      throw InputError("", "\(key)=\(value) is no argument of an architecture")
    }
  }

  /// What an argument may be: larger networks do not exist, and their sizes would not fit an integer.
  private static let range = 1...1 << 16

  public var description: String {
    if arguments.isEmpty { return name }
    return name + ":" + arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }
}

/// A network's input: channels, and rows and columns where the network fixes or prefers them.
public struct InputSize: Codable, Sendable, Hashable {
  public var channels: Int
  public var height: Int
  public var width: Int
  /// Whether the network takes no other size.
  public var isFixed: Bool

  public init(channels: Int, height: Int, width: Int, isFixed: Bool) {
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

/// A network that is known by its state dict: how to recognise it, and how to build it.
protocol Architecture: Sendable {
  /// The names that a user may choose it by.
  static var names: [String] { get }
  /// The keys that `NAME:key=value` takes.
  static var keys: [String] { get }

  /// The network that these arguments and shapes speak of; what neither tells is at its usual value.
  ///
  /// - Parameters:
  ///   - name: one of `names`, or nil to recognise it.
  ///   - arguments: win over the shapes.
  init(name: String?, arguments: [String: Int], shapes: ParameterShapes)

  var spec: ArchitectureSpec { get }
  var input: InputSize { get }
  /// The preprocessing that networks of this kind are trained with, as `Preprocessing(parsing:)` reads it.
  var preprocessing: String { get }
  /// Whether `preprocessing` is part of the network's definition, rather than a guess.
  var definesPreprocessing: Bool { get }
  /// The usual layer to explain, and why it is.
  var defaultLayer: (path: String, reason: String) { get }
  /// Builds the network; returns its output.
  func build(_ network: NetworkBuilder) -> Value
}

/// All architectures that state dicts are recognised as.
public enum ArchitectureRegistry {
  /// The names of all.
  public static var names: [String] { all.flatMap { $0.names } }

  static let all: [any Architecture.Type] = [
    XRayClassifier.self,
    ResNet.self,
    CIFARResNet.self,
    VGG.self,
    AlexNet.self,
    DenseNet.self,
    SqueezeNet.self,
    MobileNetV2.self,
  ]
}
