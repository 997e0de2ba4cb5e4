public import ModelFormats

/// 256 colours for the values 0…1.
public struct ColorMap: Sendable, Hashable {
  /// What the parameter `colormap` calls it.
  public let name: String
  /// Where the colours come from.
  public let summary: String
  /// 256 · 3 levels: red, green and blue of each colour.
  let levels: [UInt8]

  /// Reads 256 colours of six hexadecimal digits each.
  init(name: String, summary: String, hex: String) {
    (self.name, self.summary) = (name, summary)
    let digits = hex.utf8.map { $0 <= UInt8(ascii: "9") ? $0 - UInt8(ascii: "0") : $0 - UInt8(ascii: "a") + 10 }
    levels = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    precondition(levels.count == 768, "a colour map of another size")
  }

  /// Computes the colours from channels that are linear between points.
  init(name: String, summary: String, red: [Point], green: [Point], blue: [Point]) {
    (self.name, self.summary) = (name, summary)
    let channels = [red, green, blue].map(Self.table)
    levels = (0..<256).flatMap { index in channels.map { $0[index] } }
  }

  /// A place on the scale, 0…1, and a channel's value there, 0…1.
  typealias Point = (x: Double, y: Double)

  /// The colour of a value: index ⌊256·v⌋ held to 0…255, as matplotlib chooses it; no number counts as 0.
  func color(at value: Float) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let start = Self.index(of: value) * 3
    return (levels[start], levels[start + 1], levels[start + 2])
  }

  static func index(of value: Float) -> Int {
    let scaled = 256 * value
    // Comparisons in this order send what is not a number to 0.
    return scaled >= 1 ? (scaled < 255 ? Int(scaled) : 255) : 0
  }

  /// One channel at 256 places, by the arithmetic of matplotlib's `_create_lookup_table`, times 255 and cut to an
  /// integer.
  private static func table(_ points: [Point]) -> [UInt8] {
    (0..<256).map { index in
      let x = index == 255 ? 255 : 255 * (Double(index) * (1.0 / 255))
      let right = max(points.firstIndex { $0.x * 255 >= x } ?? points.count - 1, 1)
      let (from, to) = (points[right - 1], points[right])
      let value = (x - from.x * 255) / (to.x * 255 - from.x * 255) * (to.y - from.y) + from.y
      return UInt8(255 * (index == 0 ? points[0].y : min(max(value, 0), 1)))
    }
  }
}

// MARK: - All maps

extension ColorMap {
  /// Every map, in the order in which they are listed.
  public static let all: [ColorMap] = [jet, turbo, viridis, inferno, magma, gray, bwr, rwg, openCVJet]

  /// The map of this name.
  ///
  /// - Throws: `InputError` about `colormap` that names the nearest.
  public static func named(_ name: String) throws(InputError) -> ColorMap {
    if let map = all.first(where: { $0.name == name }) { return map }
    let names = all.map(\.name)
    let near = nearest(to: name, among: names, count: 1).first
    throw InputError(
      .colormap, "there is no colour map \"\(name)\"",
      remedy: near.map { "did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))")
  }

  /// Matplotlib's jet.
  public static let jet = ColorMap(
    name: "jet", summary: "matplotlib's, the papers' usual",
    red: [(0, 0), (0.35, 0), (0.66, 1), (0.89, 1), (1, 0.5)],
    green: [(0, 0), (0.125, 0), (0.375, 1), (0.64, 1), (0.91, 0), (1, 0)],
    blue: [(0, 0.5), (0.11, 1), (0.34, 1), (0.65, 0), (1, 0)])

  /// Black to white.
  static let gray = ColorMap(
    name: "gray", summary: "black to white", red: [(0, 0), (1, 1)], green: [(0, 0), (1, 1)], blue: [(0, 0), (1, 1)])

  /// Blue over white to red, for maps with two signs.
  static let bwr = ColorMap(
    name: "bwr", summary: "blue, white, red: for maps with a sign", red: [(0, 0), (0.5, 1), (1, 1)],
    green: [(0, 0), (0.5, 1), (1, 0)],
    blue: [(0, 1), (0.5, 1), (1, 0)])

  /// Red over white to green, for maps with two signs.
  static let rwg = ColorMap(
    name: "rwg", summary: "red, white, green: captum's, for maps with a sign", red: [(0, 1), (0.5, 1), (1, 0)],
    green: [(0, 0), (0.5, 1), (1, 0.5)],
    blue: [(0, 0), (0.5, 1), (1, 0)])

  /// The upper half of `rwg`: white to green.
  static let greens = ColorMap(
    name: "greens", summary: "white to green", red: [(0, 1), (1, 0)], green: [(0, 1), (1, 0.5)], blue: [(0, 1), (1, 0)])

  /// OpenCV's jet: 1.5 − |4·x − c| held to 0…1, with c = 3, 2 and 1 for red, green and blue.
  static let openCVJet: ColorMap = {
    let hex = (0..<256).map { index in
      [3.0, 2.0, 1.0].map { center in
        // In 255ths, which are exact: every level lies halfway between two bytes.
        let level = min(max(382.5 - abs(Double(4 * index) - 255 * center), 0), 255)
        return UInt8(level.rounded(.toNearestOrEven)).hexadecimal
      }.joined()
    }
    return ColorMap(
      name: "jet-opencv", summary: "OpenCV's jet, a little different from matplotlib's", hex: hex.joined())
  }()
}
