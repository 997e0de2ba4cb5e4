import ModelFormats

extension Model {
  /// The layers worth trying, the model's own first: of each size of feature map before it the last stage's output, down to maps of a quarter
  /// of the input's sides, of small inputs a half; where all maps have one size, as those of a transformer's tokens do, the same layer of the blocks at three
  /// quarters, a half and a quarter of the depth. Four at most.
  ///
  /// - Returns: the model's own alone, where nothing is known of others.
  public var layersToTry: [String] {
    guard let positions = try? positions(for: inputShape), let own = try? view(of: defaultLayer, positions) else {
      return [defaultLayer]
    }
    let share = input.height < 64 ? 2 : 4
    let stages = StageEnds(graph, positions) { view in
      view.rows * share <= input.height && view.rows >= own.rows
        && (view.rows, view.columns) != (own.rows, own.columns)
    }
    let found = [defaultLayer] + stages.layers.prefix(3)
    return found.count > 1 ? found : found + likeDefault(own, positions)
  }

  /// The layers that are to earlier blocks what the default layer is to its own, where their maps have its size.
  private func likeDefault(_ own: GridView, _ positions: PositionMap) -> [String] {
    func isAlike(_ path: String) -> Bool {
      guard graph.lastCall(path) != nil, let view = try? view(of: path, positions) else { return false }
      return view.rows == own.rows && view.columns == own.columns
    }
    // The norm behind the last block has no number: the last block's own layers have.
    let numbered = [defaultLayer] + graph.modulePaths.reversed().filter(isAlike)
    guard let path = numbered.lazy.compactMap(NumberedPath.init).first else { return [] }
    let depths = [3, 2, 1].map { (path.number + 1) * $0 / 4 - 1 }
    let blocks = depths.enumerated().filter { $0.element >= 0 && depths.firstIndex(of: $0.element) == $0.offset }
    return blocks.map { path.replacing($0.element) }.filter { isAlike($0) && $0 != defaultLayer }
  }
}

/// A module's path with the number of its block: `blocks.11.norm1`, `encoder.layers.encoder_layer_11`.
private struct NumberedPath {
  let number: Int
  private let parts: [String]
  private let place: Int

  /// The greatest number at the end of a part counts: those of layers in a block are small.
  ///
  /// - Returns: nil for one block.
  init?(_ path: String) {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var block: (place: Int, number: Int)?
    for (place, part) in parts.enumerated() {
      guard let number = Int(Self.digits(of: part)), number > block?.number ?? 0 else { continue }
      block = (place, number)
    }
    guard let block, block.number < 100_000 else { return nil }
    (self.parts, place, number) = (parts, block.place, block.number)
  }

  private static func digits(of part: String) -> String {
    String(part.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
  }

  /// The path of another block.
  func replacing(_ number: Int) -> String {
    var parts = parts
    parts[place] = parts[place].dropLast(Self.digits(of: parts[place]).count) + "\(number)"
    return parts.joined(separator: ".")
  }
}
