/// How a Swin Transformer's block puts tokens into windows: padded to whole windows, rolled so that windows lie across those of the
/// block before, and one window behind the other.
struct SwinWindows {
  /// Rows and columns of the grid.
  let grid: Int
  /// Rows and columns of a window.
  let window: Int
  /// By how many rows and columns the grid is rolled.
  let shift: Int
  /// Whether it is rolled before it is padded, as in timm.
  let rollsFirst: Bool

  /// A grid of one window is not rolled.
  init(grid: Int, window: Int, isShifted: Bool, rollsFirst: Bool) {
    (self.grid, self.window, self.rollsFirst) = (grid, window, rollsFirst)
    let padded = (grid + window - 1) / window * window
    shift = isShifted && window < padded ? window / 2 : 0
  }

  /// Rows and columns with those that fill the last windows.
  private var padded: Int { (grid + window - 1) / window * window }
  /// Windows beside each other.
  private var across: Int { padded / window }
  /// All windows.
  var count: Int { across * across }
  /// Tokens in each.
  var size: Int { window * window }

  /// Tokens row by row become tokens window by window.
  func arrange(_ network: NetworkBuilder, _ x: Value, _ width: Int) -> Value {
    // Of five axes, which are stored as they are listed.
    var x = x
    if shift > 0 || padded > grid { x = network.function(Reshape([-1, 1, grid, grid, width]), x) }
    if rollsFirst { x = rolled(network, x, from: shift, of: grid) }
    if padded > grid {
      x = network.function(
        Pad(axes: [2, 3], before: [0, 0], after: [padded - grid, padded - grid], mode: .constant(0)), x)
    }
    if !rollsFirst { x = rolled(network, x, from: shift, of: padded) }
    x = network.function(Reshape([-1, across, window, across, window, width]), x)
    x = network.function(Transpose([0, 1, 3, 2, 4, 5]), x)
    return network.function(Reshape([-1, count * size, width]), x)
  }

  /// The way back.
  func restore(_ network: NetworkBuilder, _ x: Value, _ width: Int) -> Value {
    var x = network.function(Reshape([-1, across, across, window, window, width]), x)
    x = network.function(Transpose([0, 1, 3, 2, 4, 5]), x)
    if shift > 0 || padded > grid { x = network.function(Reshape([-1, 1, padded, padded, width]), x) }
    if !rollsFirst { x = rolled(network, x, from: padded - shift, of: padded) }
    if padded > grid {
      x = network.function(Slice([Slice.Range(axis: 2, end: grid), Slice.Range(axis: 3, end: grid)]), x)
    }
    if rollsFirst { x = rolled(network, x, from: grid - shift, of: grid) }
    return network.function(Reshape([-1, grid * grid, width]), x)
  }

  private func rolled(_ network: NetworkBuilder, _ x: Value, from first: Int, of size: Int) -> Value {
    guard shift > 0 else { return x }
    let order = (0..<size).map { (first + $0) % size }
    return network.function(Gather(axis: 3, indices: order), network.function(Gather(axis: 2, indices: order), x))
  }

  /// −100 between tokens that lie in one window only because the grid was rolled, 1 × windows × 1 × tokens × tokens; nil where it is
  /// not.
  func mask() -> Tensor? {
    guard shift > 0 else { return nil }
    let regions = (0..<padded).map { $0 < padded - window ? 0 : $0 < padded - shift ? 1 : 2 }
    var mask: [Float] = []
    mask.reserveCapacity(count * size * size)
    for unit in 0..<count {
      let (top, left) = (unit / across * window, unit % across * window)
      let own = (0..<size).map { 3 * regions[top + $0 / window] + regions[left + $0 % window] }
      for query in own { for key in own { mask.append(key == query ? 0 : -100) } }
    }
    return Tensor(mask, Shape(1, count, 1, size, size))
  }

  /// The biases of a table by the distances of two tokens of a window, 1 × 1 × heads × tokens × tokens.
  ///
  /// - Parameter table: a row a distance, a column a head.
  func biases(_ table: [Float], heads: Int) -> Tensor {
    let distances = 2 * window - 1
    return Tensor(Shape(1, 1, heads, size, size)) { target in
      for query in 0..<size {
        for key in 0..<size {
          let rows = query / window - key / window + window - 1
          let columns = query % window - key % window + window - 1
          let entry = (rows * distances + columns) * heads
          for head in 0..<heads { target[(head * size + query) * size + key] = table[entry + head] }
        }
      }
    }
  }
}
