/// A connected region of a map above a threshold, in pixels.
public struct MapRegion: Sendable {
  /// A corner of pixels: (0, 0) is the upper left one of the picture.
  public struct Corner: Sendable, Hashable {
    /// Pixels from the left and from the top.
    public var x, y: Int
  }

  /// The box around it.
  public var x, y, width, height: Int
  /// Its pixels.
  public var area: Int
  /// The map's greatest value in it.
  public var peak: Float
  /// Closed outlines along the pixels' edges, each a list of the corners where it turns: the outer one, and those of holes.
  public var contours: [[Corner]]

  /// The region in a picture that the map lies on.
  func moved(x: Int, y: Int) -> MapRegion {
    var region = self
    (region.x, region.y) = (self.x + x, self.y + y)
    region.contours = contours.map { $0.map { Corner(x: $0.x + x, y: $0.y + y) } }
    return region
  }
}

extension Heatmap {
  /// The regions of values from `threshold` on, the one with the greatest value first. Cells that touch by a side or a corner belong
  /// together; regions below a thousandth of the map are left out.
  func regions(above threshold: Float) -> [MapRegion] {
    var labels = [Int32](repeating: 0, count: values.count)
    var regions: [MapRegion] = []
    var next: Int32 = 0
    for start in values.indices where values[start] >= threshold && labels[start] == 0 {
      next += 1
      let cells = flood(from: start, threshold, &labels, as: next)
      guard cells.count * 1000 >= values.count else { continue }
      var (left, right, top, bottom) = (width, 0, height, 0)
      var peak = -Float.infinity
      for cell in cells {
        (left, right) = (min(left, cell % width), max(right, cell % width))
        (top, bottom) = (min(top, cell / width), max(bottom, cell / width))
        peak = max(peak, values[cell])
      }
      regions.append(
        MapRegion(
          x: left, y: top, width: right - left + 1, height: bottom - top + 1, area: cells.count, peak: peak,
          contours: Outline(cells, width: width) { labels.indices.contains($0) && labels[$0] == next }.loops))
    }
    return regions.sorted { ($1.peak, $0.y, $0.x) < ($0.peak, $1.y, $1.x) }
  }

  /// The cells that hang together with `start`, labelled.
  private func flood(from start: Int, _ threshold: Float, _ labels: inout [Int32], as label: Int32) -> [Int] {
    var (cells, open) = ([Int](), [start])
    labels[start] = label
    while let cell = open.popLast() {
      cells.append(cell)
      let (x, y) = (cell % width, cell / width)
      for row in max(y - 1, 0)...min(y + 1, height - 1) {
        for column in max(x - 1, 0)...min(x + 1, width - 1) {
          let neighbour = row * width + column
          if labels[neighbour] == 0 && values[neighbour] >= threshold {
            labels[neighbour] = label
            open.append(neighbour)
          }
        }
      }
    }
    return cells
  }
}

/// The edges between a region's pixels and all others, joined to loops.
private struct Outline {
  typealias Corner = MapRegion.Corner
  private(set) var loops: [[Corner]] = []

  /// - Parameter contains: whether a cell belongs to the region; no number beyond the map does.
  init(_ cells: [Int], width: Int, contains: (Int) -> Bool) {
    // Edges run with the region at their right; by corner, where those that start there lead.
    var edges: [Corner: [Corner]] = [:]
    func add(_ from: (Int, Int), _ to: (Int, Int)) {
      edges[Corner(x: from.0, y: from.1), default: []].append(Corner(x: to.0, y: to.1))
    }
    for cell in cells.sorted() {
      let (x, y) = (cell % width, cell / width)
      if !contains(cell - width) { add((x, y), (x + 1, y)) }
      if x == width - 1 || !contains(cell + 1) { add((x + 1, y), (x + 1, y + 1)) }
      if !contains(cell + width) { add((x + 1, y + 1), (x, y + 1)) }
      if x == 0 || !contains(cell - 1) { add((x, y + 1), (x, y)) }
    }
    for start in edges.keys.sorted(by: { ($0.y, $0.x) < ($1.y, $1.x) }) {
      while let loop = Self.follow(from: start, &edges) { loops.append(loop) }
    }
  }

  /// Takes a loop out of the edges; nil where no edge is left at `start`.
  private static func follow(from start: Corner, _ edges: inout [Corner: [Corner]]) -> [Corner]? {
    guard edges[start]?.isEmpty == false else { return nil }
    var (loop, corner) = ([Corner](), start)
    var heading = (x: 0, y: 0)
    repeat {
      let choices = edges[corner] ?? []
      guard !choices.isEmpty else { break }
      // Where two loops touch, the left turn keeps cells that touch by a corner in one.
      let index = choices.firstIndex { (heading.y, -heading.x) == ($0.x - corner.x, $0.y - corner.y) } ?? 0
      let next = choices[index]
      edges[corner]?.remove(at: index)
      let step = (x: next.x - corner.x, y: next.y - corner.y)
      if step != heading { loop.append(corner) }
      (heading, corner) = (step, next)
    } while corner != start
    return loop
  }
}
