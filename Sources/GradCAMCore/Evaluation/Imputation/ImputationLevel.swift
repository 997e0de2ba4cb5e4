/// One grid of the equations that `LinearImputation` solves: Σ_j w_ij (x_i − x_j) + s_i x_i = b_i at its open cells, for four channels at once.
///
/// The coarser grid has a cell for each 2 × 2 of this one, open where any of these is. Its equations are the sums of theirs, halved: values
/// that are the same in a cell and jump between cells make the sums twice as stiff as the same equations on a grid of twice the pitch
/// (Braess, "Towards algebraic multigrid for elliptic problems of second order", 1995).
///
/// Memory: 84 bytes a cell.
final class ImputationLevel {
  typealias Values = UnsafeMutablePointer<SIMD4<Float>>

  private let width, height: Int
  /// From a cell to the one below: the grid has a closed cell more on each side, so that every open cell has eight neighbours.
  let stride: Int
  /// Open cells, ascending.
  let cells: UnsafeMutableBufferPointer<Int32>
  /// By cell: the weights of the edges to the neighbours at the right, below left, below and below right; 0 where one of the ends is closed.
  let edges: Values
  /// By cell: s, the weight of what is known beside it.
  private let surplus: UnsafeMutablePointer<Float>
  /// By cell: 1 / (s + Σ w).
  private let inverses: UnsafeMutablePointer<Float>
  /// By cell, 0 at closed ones: the right side, and what approximates the solution.
  let right, solution: Values
  private let coarser: ImputationLevel?

  /// - Parameters:
  ///   - isOpen: whether a cell's value is wanted, row by row.
  ///   - fill: writes the edges and the surplus, which are zeros before.
  private init(
    width: Int, height: Int, isOpen: (Int) -> Bool,
    _ fill: (_ cells: UnsafeMutableBufferPointer<Int32>, _ edges: Values, _ surplus: UnsafeMutablePointer<Float>) ->
      Void
  ) {
    (self.width, self.height, stride) = (width, height, width + 2)
    let stride = stride
    let count = stride * (height + 2)
    let open = (0..<width * height).lazy.filter(isOpen).map { Int32(($0 / width + 1) * stride + $0 % width + 1) }
    cells = .allocate(capacity: (0..<width * height).count(where: isOpen))
    _ = cells.initialize(from: open)
    (edges, right, solution) = (Self.zeros(count), Self.zeros(count), Self.zeros(count))
    (surplus, inverses) = (.allocate(capacity: count), .allocate(capacity: count))
    surplus.initialize(repeating: 0, count: count)
    inverses.initialize(repeating: 0, count: count)
    fill(cells, edges, surplus)
    for cell in cells.lazy.map(Int.init) {
      let own = edges[cell]
      let sum =
        surplus[cell] + own.x + own.y + own.z + own.w + edges[cell - 1].x + edges[cell - stride + 1].y
        + edges[cell - stride].z + edges[cell - stride - 1].w
      inverses[cell] = 1 / sum
    }
    coarser = width * height > 1 ? Self.coarser(width, height, stride, cells, edges, surplus) : nil
  }

  deinit {
    cells.deallocate()
    for values in [edges, right, solution] { values.deallocate() }
    surplus.deallocate()
    inverses.deallocate()
  }

  static func zeros(_ count: Int) -> Values {
    let values = Values.allocate(capacity: count)
    values.initialize(repeating: .zero, count: count)
    return values
  }

  /// The number of cells of arrays by cell.
  var count: Int { stride * (height + 2) }

  // MARK: Grids

  /// The finest grid.
  ///
  /// - Parameters:
  ///   - isOpen: by pixel, row by row.
  ///   - side, corner: the weights of neighbours.
  convenience init(width: Int, height: Int, isOpen: [Bool], side: Float, corner: Float) {
    let stride = width + 2
    self.init(width: width, height: height, isOpen: { isOpen[$0] }) { cells, edges, surplus in
      let neighbours = [(1, 0, side), (-1, 1, corner), (0, 1, side), (1, 1, corner)]
      for cell in cells.lazy.map(Int.init) {
        let (x, y) = (cell % stride - 1, cell / stride - 1)
        for (number, (right, down, weight)) in neighbours.enumerated() {
          for sign in [1, -1] {
            let (column, row) = (x + sign * right, y + sign * down)
            guard column >= 0, column < width, row >= 0, row < height else { continue }
            if !isOpen[row * width + column] {
              surplus[cell] += weight
            } else if sign == 1 {
              edges[cell][number] = weight
            }
          }
        }
      }
    }
  }

  private static func coarser(
    _ width: Int, _ height: Int, _ stride: Int, _ cells: UnsafeMutableBufferPointer<Int32>, _ edges: Values,
    _ surplus: UnsafeMutablePointer<Float>
  ) -> ImputationLevel {
    let (newWidth, newHeight) = ((width + 1) / 2, (height + 1) / 2)
    let newStride = newWidth + 2
    func parent(_ cell: Int) -> Int { (cell / stride + 1) / 2 * newStride + (cell % stride + 1) / 2 }
    var isOpen = [Bool](repeating: false, count: newWidth * newHeight)
    for cell in cells.lazy.map(Int.init) {
      isOpen[((cell / stride - 1) / 2) * newWidth + (cell % stride - 1) / 2] = true
    }
    return ImputationLevel(width: newWidth, height: newHeight, isOpen: { isOpen[$0] }) { _, newEdges, newSurplus in
      let offsets = [1, stride - 1, stride, stride + 1]
      for cell in cells.lazy.map(Int.init) {
        let here = parent(cell)
        newSurplus[here] += surplus[cell] / 2
        for number in 0..<4 where edges[cell][number] > 0 {
          let there = parent(cell + offsets[number])
          let (first, last) = (min(here, there), max(here, there))
          switch last - first {
          case 0: break
          case 1: newEdges[first].x += edges[cell][number] / 2
          case newStride - 1: newEdges[first].y += edges[cell][number] / 2
          case newStride: newEdges[first].z += edges[cell][number] / 2
          default: newEdges[first].w += edges[cell][number] / 2
          }
        }
      }
    }
  }

  // MARK: Steps

  /// What the neighbours before a cell, and those behind it, add to it.
  @inline(__always)
  private func before(_ cell: Int, _ x: Values) -> SIMD4<Float> {
    let (above, below) = (cell - stride, edges)
    // The cell at the left, which a sweep has just written, last.
    return below[above - 1].w * x[above - 1] + below[above].z * x[above] + below[above + 1].y * x[above + 1]
      + below[cell - 1].x * x[cell - 1]
  }

  @inline(__always)
  private func behind(_ cell: Int, _ x: Values) -> SIMD4<Float> {
    let (own, below) = (edges[cell], cell + stride)
    return own.x * x[cell + 1] + own.y * x[below - 1] + own.z * x[below] + own.w * x[below + 1]
  }

  /// Writes what the equations make of `x` to `product`, and returns the sums of x · product by channel.
  ///
  /// It adds up differences: where they are small beside the values, a rounded Σ w would act as a weight of its own, that pulls to zero.
  func multiply(_ x: Values, to product: Values) -> SIMD4<Double> {
    var sums = SIMD4<Double>.zero
    for cell in cells.lazy.map(Int.init) {
      let (own, here, above, below) = (edges[cell], x[cell], cell - stride, cell + stride)
      let behind =
        own.x * (here - x[cell + 1]) + own.y * (here - x[below - 1]) + own.z * (here - x[below])
        + own.w * (here - x[below + 1])
      let before =
        edges[cell - 1].x * (here - x[cell - 1]) + edges[above + 1].y * (here - x[above + 1])
        + edges[above].z * (here - x[above]) + edges[above - 1].w * (here - x[above - 1])
      let value = surplus[cell] * here + before + behind
      product[cell] = value
      sums += SIMD4<Double>(value * here)
    }
    return sums
  }

  /// Approximates the solution for `right`: a sweep forth, the same on the coarser grids for what is left, a sweep back. The approximation is
  /// a symmetric positive definite function of the right side.
  func approximate() {
    for cell in cells.lazy.map(Int.init) {
      solution[cell] = (right[cell] + before(cell, solution)) * inverses[cell]
    }
    guard let coarser else { return }
    let next = coarser.stride
    for cell in coarser.cells.lazy.map(Int.init) { coarser.right[cell] = .zero }
    eachRow { row, cells in
      let parents = (row + 1) / 2 * next
      for cell in cells.lazy.map(Int.init) {
        // The sweep solved each equation with zeros in the place of what came later: that is what is left of it.
        coarser.right[parents + (cell - row * stride + 1) / 2] += behind(cell, solution)
      }
    }
    coarser.approximate()
    eachRow { row, cells in
      let parents = (row + 1) / 2 * next
      for cell in cells.lazy.map(Int.init) {
        solution[cell] += coarser.solution[parents + (cell - row * stride + 1) / 2]
      }
    }
    for cell in cells.reversed().lazy.map(Int.init) {
      solution[cell] = (right[cell] + before(cell, solution) + behind(cell, solution)) * inverses[cell]
    }
  }

  /// Calls `body` with the open cells of each row.
  @inline(__always)
  private func eachRow(_ body: (_ row: Int, _ cells: UnsafeMutableBufferPointer<Int32>.SubSequence) -> Void) {
    var start = 0
    for row in 1...height {
      let end = Int32((row + 1) * stride)
      var stop = start
      while stop < cells.count, cells[stop] < end { stop += 1 }
      if stop > start { body(row, cells[start..<stop]) }
      start = stop
    }
  }
}
