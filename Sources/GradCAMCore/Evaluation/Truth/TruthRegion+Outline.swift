extension TruthRegion {
  /// A piece of an outline on the region's grid: level where `y` is `toY`, upright otherwise.
  public struct Edge: Sendable, Hashable {
    public let x, y, toX, toY: Int
  }

  /// Where the finding ends: the border between its cells and others, and the picture's own where it reaches that.
  public var outline: [Edge] {
    let level = Self.runs(lines: height + 1, length: width) { line, place in
      isMarked(place, line - 1) != isMarked(place, line)
    }
    let upright = Self.runs(lines: width + 1, length: height) { line, place in
      isMarked(line - 1, place) != isMarked(line, place)
    }
    return level.map { Edge(x: $0.range.lowerBound, y: $0.line, toX: $0.range.upperBound, toY: $0.line) }
      + upright.map { Edge(x: $0.line, y: $0.range.lowerBound, toX: $0.line, toY: $0.range.upperBound) }
  }

  /// The region on a grid of half as many cells a side; a cell belongs to it where one of its four did.
  public var halved: TruthRegion {
    let (columns, rows) = ((width + 1) / 2, (height + 1) / 2)
    let cells = (0..<columns * rows).map { place in
      let (x, y) = (place % columns * 2, place / columns * 2)
      return isMarked(x, y) || isMarked(x + 1, y) || isMarked(x, y + 1) || isMarked(x + 1, y + 1)
    }
    return TruthRegion(width: columns, height: rows, cells: cells, pitch: (pitch.x * 2, pitch.y * 2))
  }

  private func isMarked(_ x: Int, _ y: Int) -> Bool {
    x >= 0 && y >= 0 && x < width && y < height && cells[y * width + x]
  }

  private static func runs(
    lines: Int, length: Int, _ isEdge: (_ line: Int, _ place: Int) -> Bool
  ) -> [(line: Int, range: Range<Int>)] {
    var runs: [(line: Int, range: Range<Int>)] = []
    for line in 0..<lines {
      var start: Int?
      for place in 0...length {
        let isOn = place < length && isEdge(line, place)
        if isOn, start == nil { start = place }
        if !isOn, let first = start {
          runs.append((line, first..<place))
          start = nil
        }
      }
    }
    return runs
  }
}
