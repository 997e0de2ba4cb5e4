import ModelFormats

// Operators whose results are lists of places, and tables made from them: known only where what they look at is.

extension ONNXConverters {
  /// The places of what is not 0, an axis a row.
  static func nonZero(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let constant = try node.constant(0)
    // A single number has an axis of its own.
    let shape = constant.shape.rank == 0 ? Shape(1) : constant.shape
    let places = constant.floats.enumerated().filter { $0.element != 0 }.map(\.offset)
    try ONNXConstantBudget.expectMemory(saturatingProduct(places.count, shape.rank))
    var steps = [Int](repeating: 1, count: shape.rank)
    for axis in shape.dimensions.indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * shape[axis + 1] }
    let rows = shape.dimensions.indices.flatMap { axis in places.map { Float($0 / steps[axis] % shape[axis]) } }
    return [.constant(ONNXConstant(Tensor(rows, Shape(shape.rank, places.count)), isInteger: true))]
  }

  /// Ones on a diagonal; only the shape counts, which is known of values, too.
  static func eyeLike(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    guard operand.shape.rank == 2 else { throw InputError("", "takes a matrix, not the shape \(operand.shape)") }
    let shift = try node.int("k", default: 0)
    let type = try node.int("dtype", default: 1)
    try ONNXConstantBudget.expectMemory(operand.shape.count)
    let (rows, columns) = (operand.shape[0], operand.shape[1])
    var values = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      let (column, overflows) = row.addingReportingOverflow(shift)
      if !overflows, (0..<columns).contains(column) { values[row * columns + column] = 1 }
    }
    return [.constant(ONNXConstant(Tensor(values, operand.shape), isInteger: ![1, 10, 11, 16].contains(type)))]
  }

  /// Class numbers as rows of two values, the second where the number is the place's.
  static func oneHot(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let (indices, depths, values) = (try node.constant(0), try node.constant(1), try node.constant(2))
    guard let depth = depths.integers.first, (1...1 << 30).contains(depth), values.shape.count == 2 else {
      throw InputError("", "lacks its depth or its two values")
    }
    let rank = indices.shape.rank + 1
    let wanted = try node.int("axis", default: -1)
    let axis = wanted < 0 ? wanted + rank : wanted
    guard (0..<rank).contains(axis) else { throw InputError("", "puts an axis \(wanted) into \(indices.shape)") }
    var sizes = indices.shape.dimensions
    sizes.insert(depth, at: axis)
    let shape = try Shape(sizes).expectingMemory()
    try ONNXConstantBudget.expectMemory(shape.count)
    let (off, on) = (values.floats[0], values.floats[1])
    var table = [Float](repeating: off, count: shape.count)
    let step = sizes[(axis + 1)...].reduce(1, *)
    for (place, index) in indices.integers.enumerated() where index >= -depth && index < depth {
      let (outer, inner) = place.quotientAndRemainder(dividingBy: step)
      table[(outer * depth + (index < 0 ? index + depth : index)) * step + inner] = on
    }
    return [.constant(ONNXConstant(Tensor(table, shape), isInteger: values.isInteger))]
  }

  /// The different numbers, where each is first, which one every number is, and how often each is there.
  static func unique(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let constant = try node.constant(0)
    let axis = try node.int("axis", default: 0)
    // Rows and planes are not compared with one another.
    guard node.node.attributes["axis"] == nil || constant.shape.rank == 1 && [0, -1].contains(axis) else {
      throw node.notComputed("axis", axis)
    }
    let isSorted = try node.int("sorted", default: 1) != 0
    let numbers = constant.floats
    // By bits: a number that is none equals nothing, not even itself.
    var firsts: [UInt32: Int] = [:]
    for (place, number) in numbers.enumerated() where firsts[bits(number)] == nil { firsts[bits(number)] = place }
    let order = firsts.values.sorted {
      isSorted ? (numbers[$0].isNaN ? 1 : 0, numbers[$0]) < (numbers[$1].isNaN ? 1 : 0, numbers[$1]) : $0 < $1
    }
    let ranks = Dictionary(
      order.enumerated().map { (bits(numbers[$1]), $0) }, uniquingKeysWith: { first, _ in first })
    var counts = [Int](repeating: 0, count: order.count)
    let inverse = numbers.map { ranks[bits($0)] ?? 0 }
    for rank in inverse where rank < counts.count { counts[rank] += 1 }
    let values = ONNXConstant(Tensor(order.map { numbers[$0] }, Shape(order.count)), isInteger: constant.isInteger)
    return [.constant(values)] + [order, inverse, counts].map { .constant(ONNXConstant(integers: $0)) }
  }

  /// The same bits for all numbers that count as one: both zeros, and all that are no numbers.
  private static func bits(_ number: Float) -> UInt32 {
    number == 0 ? 0 : number.isNaN ? Float.nan.bitPattern : number.bitPattern
  }

  /// The entries along an axis that a known list of truth values names.
  static func compress(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    var operand = try node.operand(0)
    let places = try node.constant(1).floats.enumerated().filter { $0.element != 0 }.map(\.offset)
    let isFlat = node.node.attributes["axis"] == nil
    if isFlat { operand = try node.emit(Reshape([-1]), operand) }
    return [try node.emit(Gather(axis: isFlat ? 0 : try node.int("axis", default: 0), indices: places), operand)]
  }
}
