/// How a library names the tensors of a kind of network.
struct NameTable: Sendable {
  /// The weights of a convolution that every such network has.
  let anchor: String
  /// What else must hold of a file, given what stands before the anchor's name.
  let condition: @Sendable (ParameterShapes, _ prefix: String) -> Bool
  /// Of tensors behind the prefix; the first that fits counts.
  let trunk: [NameRule]
  /// Of tensors behind the prefix or any beginning of it: `backbone.` stands before a trunk, and nothing before its head.
  let heads: [NameRule]

  init(
    anchor: String, trunk: [NameRule], heads: [NameRule] = [],
    where condition: @escaping @Sendable (ParameterShapes, _ prefix: String) -> Bool = { _, _ in true }
  ) {
    (self.anchor, self.condition, self.trunk, self.heads) = (anchor, condition, trunk, heads)
  }

  /// The names here, by those in a file; nil where it is no such network, or its names are those here.
  func names(_ shapes: ParameterShapes) -> [String: String]? {
    guard let prefix = shapes.prefixes(before: anchor).first(where: { condition(shapes, $0) }) else { return nil }
    let beginnings = Self.beginnings(of: prefix)
    var names: [String: String] = [:]
    for name in shapes.shapes.keys {
      if let known = trunk.name(of: name, behind: prefix) {
        names[name] = known
      } else if let known = beginnings.lazy.compactMap({ heads.name(of: name, behind: $0) }).first {
        names[name] = known
      }
    }
    return names.contains { $0.key != $0.value } ? names : nil
  }

  /// A prefix and what is left of it without its last parts, from the whole to nothing.
  static func beginnings(of prefix: String) -> [String] {
    let parts = prefix.split(separator: ".")
    return (0...parts.count).reversed().map { parts.prefix($0).map { "\($0)." }.joined() }
  }
}

/// Names of another library, as tables of which the first that fits counts.
protocol TabulatedNames: ForeignNames {
  static var tables: [NameTable] { get }
}

extension TabulatedNames {
  static func names(_ shapes: ParameterShapes) -> [String: String]? {
    tables.lazy.compactMap { $0.names(shapes) }.first
  }
}

extension [NameRule] {
  /// The name here of a tensor; nil where it does not stand behind the prefix, or no rule knows it.
  fileprivate func name(of name: String, behind prefix: String) -> String? {
    guard !isEmpty, name.utf8.starts(with: prefix.utf8) else { return nil }
    let parts = Substring(name.utf8.dropFirst(prefix.utf8.count)).split(
      separator: ".", omittingEmptySubsequences: false)
    return lazy.compactMap { $0.name(of: parts) }.first
  }
}

extension ParameterShapes {
  /// What stands before a convolution's name in a file, in whole parts, the shortest first.
  func prefixes(before anchor: String) -> [String] {
    let length = anchor.utf8.count
    let prefixes = shapes.compactMap { name, shape -> String? in
      guard shape.count == 4, name.utf8.count >= length, name.utf8.suffix(length).elementsEqual(anchor.utf8) else {
        return nil
      }
      let prefix = Substring(name.utf8.dropLast(length))
      return prefix.isEmpty || prefix.utf8.last == UInt8(ascii: ".") ? String(prefix) : nil
    }
    return prefixes.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }
}
