extension Pickle {
  /// The most values that are read of what stands beside weights.
  private static let mostValues = 1 << 17
  private static let deepest = 8

  /// What a dictionary holds of plain data, by key: texts, numbers, and lists and dictionaries of them. All else is left out.
  func plainEntries(_ value: PickleValue) -> [String: PlainValue] {
    var left = Self.mostValues
    var plain: [String: PlainValue] = [:]
    for (key, value) in entries(value) ?? [] {
      if let value = self.plain(value, depth: 0, &left), plain[key] == nil { plain[key] = value }
    }
    return plain
  }

  /// - Returns: nil for what is no plain data, or nested too deep, or too much.
  private func plain(_ value: PickleValue, depth: Int, _ left: inout Int) -> PlainValue? {
    left -= 1
    guard left >= 0, depth <= Self.deepest else { return nil }
    switch value {
    case .none: return PlainValue.none
    case .bool(let bool): return .bool(bool)
    case .int(let integer): return .number(Double(integer))
    case .float(let number): return number.isFinite ? .number(number) : nil
    case .string(let text): return .string(text)
    case .bigInteger, .bytes, .global: return nil
    case .node(let index):
      let node = nodes[index]
      guard node.kind == .list || node.kind == .tuple || node.kind == .dictionary else { return nil }
      var items: [PlainValue] = []
      for item in node.items {
        guard let item = plain(item, depth: depth + 1, &left) else { return nil }
        items.append(item)
      }
      guard node.kind == .dictionary else { return .list(items) }
      var entries: [PlainValue.Entry] = []
      for index in stride(from: 0, to: items.count - 1, by: 2) {
        guard let key = PlainValueParser.key(items[index]) else { return nil }
        entries.append(PlainValue.Entry(key: key, value: items[index + 1]))
      }
      return .table(entries)
    }
  }
}
