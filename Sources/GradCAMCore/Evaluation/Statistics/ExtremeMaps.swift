/// The best and the worst maps of one row by one metric, in memory that does not grow with their number.
public struct ExtremeMaps<Content: Sendable>: Sendable {
  /// A map that is among them.
  public struct Entry: Sendable {
    /// What was measured of it.
    public let value: Double
    /// What tells it from others, by which equals are put in order.
    public let name: [UInt8]
    /// Whatever is to be known of it.
    public let content: Content
  }

  private var low: [Entry] = []
  private var high: [Entry] = []
  /// How many maps had a value.
  public private(set) var count = 0
  private let most: Int

  /// - Parameter most: how many of each side are kept.
  public init(most: Int) { self.most = most }

  /// Takes in a map; one without a value takes no part.
  ///
  /// - Parameter name: what tells the map from others.
  public mutating func add(_ value: Double, name: [UInt8], _ content: Content) {
    guard value.isFinite else { return }
    count += 1
    let entry = Entry(value: value, name: name, content: content)
    Self.insert(entry, into: &low, most, Self.isLower)
    Self.insert(entry, into: &high, most) { Self.isLower($1, $0) }
  }

  /// The lowest, from the lowest on, and the highest, from the highest on. No map is on both sides: of fewer than twice as many the higher
  /// half is with the highest.
  public var sides: (low: [Entry], high: [Entry]) {
    let highest = min(most, (count + 1) / 2)
    return (Array(low.prefix(count - highest)), Array(high.prefix(highest)))
  }

  private static func insert(
    _ entry: Entry, into entries: inout [Entry], _ most: Int, _ comesBefore: (Entry, Entry) -> Bool
  ) {
    let place = entries.firstIndex { comesBefore(entry, $0) } ?? entries.count
    guard place < most else { return }
    entries.insert(entry, at: place)
    if entries.count > most { entries.removeLast() }
  }

  private static func isLower(_ left: Entry, _ right: Entry) -> Bool {
    left.value == right.value ? left.name.lexicographicallyPrecedes(right.name) : left.value < right.value
  }
}
