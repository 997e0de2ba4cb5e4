public import ModelFormats

/// An architecture and what it takes to build it again: `xray-classifier:nc=3,nf=8`.
public struct ArchitectureSpec: Codable, Sendable, Hashable, CustomStringConvertible {
  /// One of `ArchitectureRegistry.names`.
  public var name: String
  /// By key, such as the number of classes.
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
