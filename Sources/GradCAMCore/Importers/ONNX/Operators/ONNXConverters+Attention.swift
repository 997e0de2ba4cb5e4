import ModelFormats

/// Attention and what belongs to it, written out in matrix products and softmaxes: positions are followed through these.
extension ONNXConverters {
  /// softmax(Q·Kᵀ·scale + bias)·V, by heads; of operator sets 23 and later.
  static func attention(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let caches = [(4, "past_key"), (5, "past_value"), (6, "nonpad_kv_seqlen")]
    for (index, name) in caches where node.optional(index) != nil {
      throw InputError("", "has \(name), which is not computed", remedy: "an export without a cache of keys")
    }
    // The kind of float of the softmax; every kind is float32 here.
    node.passOver("softmax_precision")
    var heads = try AttentionHeads(node)
    let (presentKey, presentValue) = (heads.key, heads.value)
    try heads.share(node)
    let root = try node.float("scale", default: 1 / Float(heads.query.shape[3]).squareRoot()).squareRoot()
    guard root.isFinite else { throw InputError("", "has a scale that is no positive number") }
    let factor = ONNXOperand.scalar(root)
    let query = try node.emit(Mul(), heads.query, factor)
    let turned = try node.emit(Transpose([0, 1, 3, 2]), try node.emit(Mul(), heads.key, factor))
    var scores = try node.emit(MatMul(), query, turned)
    var seen = [scores]
    let cap = try node.float("softcap", default: 0)
    if cap > 0 {
      let bound = ONNXOperand.scalar(cap)
      scores = try node.emit(Mul(), try node.emit(Tanh(), try node.emit(Div(), scores, bound)), bound)
    }
    seen.append(scores)
    let bias = try AttentionBias(node, queries: heads.query.shape[2], keys: heads.key.shape[2])
    if let numbers = bias.numbers { scores = try node.emit(Add(), scores, .constant(numbers)) }
    seen.append(scores)
    var shares = try node.emit(Softmax(axis: -1), scores)
    // A query that may look nowhere finds nothing.
    if let blind = bias.blind { shares = try node.emit(Where(), .constant(blind), .scalar(0), shares) }
    seen.append(shares)
    let mode = try node.int("qk_matmul_output_mode", default: 0)
    guard seen.indices.contains(mode) else { throw node.notComputed("qk_matmul_output_mode", mode) }
    let mixed = try heads.joined(try node.emit(MatMul(), shares, heads.value), node)
    return [mixed, presentKey, presentValue, seen[mode]]
  }

  /// x turned in pairs of features by angles whose sines and cosines are given; of operator sets 23 and later.
  static func rotaryEmbedding(_ node: ONNXNodeContext) throws(InputError) -> [ONNXOperand] {
    let operand = try node.operand(0)
    let isFlat = operand.shape.rank == 3
    let heads = try node.int("num_heads", default: 0)
    guard isFlat || operand.shape.rank == 4 else { throw InputError("", "turns \(operand.shape)") }
    // N S H D, where heads follow the sequence.
    var x = operand
    if isFlat {
      guard heads >= 1, x.shape[2] % heads == 0 else { throw InputError("", "parts \(x.shape[2]) into \(heads) heads") }
      x = try node.emit(Reshape([0, 0, heads, x.shape[2] / heads]), x)
    } else {
      x = try node.emit(Transpose([0, 2, 1, 3]), x)
    }
    let size = x.shape[3]
    let named = try node.int("rotary_embedding_dim", default: 0)
    let turned = named == 0 ? size : named
    guard turned >= 2, turned <= size, turned % 2 == 0 else { throw node.notComputed("rotary_embedding_dim", turned) }
    let angles = try (1...2).map { (index) throws(InputError) in try cache(node, index, half: turned / 2) }
    var parts = [try pairs(node, part(node, x, 0..<turned), angles)]
    if turned < size { parts.append(try part(node, x, turned..<size)) }
    let joined = parts.count == 1 ? parts[0] : try node.emit(Concat(axis: 3), parts)
    if isFlat { return [try node.emit(Reshape([0, 0, operand.shape[2]]), joined)] }
    return [try node.emit(Transpose([0, 2, 1, 3]), joined)]
  }

  /// The cosines (or sines) by place in the sequence, for every head.
  private static func cache(_ node: ONNXNodeContext, _ index: Int, half: Int) throws(InputError) -> ONNXOperand {
    var cache = try node.operand(index)
    if let places = try node.optionalConstant(3) {
      cache = try node.emit(Gather(axis: 0, indices: places.integers, shape: places.shape), cache)
    }
    guard cache.shape.rank == 3, cache.shape[2] == half else {
      throw InputError("", "has sines or cosines of \(cache.shape) for \(half) pairs")
    }
    return try node.emit(Unsqueeze(axes: [2]), cache)
  }

  private static func part(_ node: ONNXNodeContext, _ x: ONNXOperand, _ range: Range<Int>) throws(InputError)
    -> ONNXOperand
  {
    if range == 0..<x.shape[3] { return x }
    return try node.emit(Slice([Slice.Range(axis: 3, start: range.lowerBound, end: range.upperBound)]), x)
  }

  /// Pairs of features, side by side or half the features apart, turned by their angles.
  private static func pairs(
    _ node: ONNXNodeContext, _ x: ONNXOperand, _ angles: [ONNXOperand]
  ) throws(InputError) -> ONNXOperand {
    let size = x.shape[3]
    let isInterleaved = try node.int("interleaved", default: 0) != 0
    let ranges =
      isInterleaved
      ? [Slice.Range(axis: 3, start: 0, step: 2), Slice.Range(axis: 3, start: 1, step: 2)]
      : [Slice.Range(axis: 3, start: 0, end: size / 2), Slice.Range(axis: 3, start: size / 2, end: size)]
    let halves = try ranges.map { (range) throws(InputError) in try node.emit(Slice([range]), x) }
    let products = try [(0, 0), (1, 1), (1, 0), (0, 1)].map { (angle, half) throws(InputError) in
      try node.emit(Mul(), angles[angle], halves[half])
    }
    let real = try node.emit(Sub(), products[0], products[1])
    let imaginary = try node.emit(Add(), products[2], products[3])
    if !isInterleaved { return try node.emit(Concat(axis: 3), real, imaginary) }
    let both = try [real, imaginary].map { (half) throws(InputError) in try node.emit(Unsqueeze(axes: [4]), half) }
    return try node.emit(Reshape([0, 0, 0, size]), try node.emit(Concat(axis: 4), both))
  }
}

/// Queries, keys and values of an Attention, N H S D.
private struct AttentionHeads {
  var query: ONNXOperand
  var key: ONNXOperand
  var value: ONNXOperand
  /// Whether heads stand side by side on the last axis of inputs and output.
  private let areFlat: Bool

  init(_ node: ONNXNodeContext) throws(InputError) {
    let inputs = try (0..<3).map { (index) throws(InputError) in try node.operand(index) }
    let ranks = Set(inputs.map(\.shape.rank))
    let counts = [try node.int("q_num_heads", default: 0), try node.int("kv_num_heads", default: 0)]
    guard let rank = ranks.first, ranks.count == 1, [3, 4].contains(rank) else {
      let shapes = inputs.map(\.shape)
      throw InputError("", "takes queries, keys and values of \(shapes)", remedy: "three or four axes each")
    }
    areFlat = rank == 3
    let heads = try inputs.enumerated().map { (index, operand) throws(InputError) in
      guard rank == 3 else { return operand }
      let (count, width) = (counts[index == 0 ? 0 : 1], operand.shape[2])
      guard count >= 1, width % count == 0 else { throw InputError("", "parts \(width) features into \(count) heads") }
      let parted = try node.emit(Reshape([0, 0, count, width / count]), operand)
      return try node.emit(Transpose([0, 2, 1, 3]), parted)
    }
    (query, key, value) = (heads[0], heads[1], heads[2])
    guard query.shape[3] >= 1, key.shape[2] >= 1 else { throw InputError("", "has nothing to attend to") }
  }

  /// Repeats heads of keys and values for all the heads of queries that share them.
  mutating func share(_ node: ONNXNodeContext) throws(InputError) {
    let (queries, keys) = (query.shape[1], key.shape[1])
    guard keys >= 1, queries % keys == 0, value.shape[1] == keys else {
      throw InputError("", "has \(queries) heads of queries for \(keys) of keys and \(value.shape[1]) of values")
    }
    if queries == keys { return }
    let repeated = Gather(axis: 1, indices: (0..<queries).map { $0 / (queries / keys) })
    key = try node.emit(repeated, key)
    value = try node.emit(repeated, value)
  }

  /// The result in the inputs' form.
  func joined(_ result: ONNXOperand, _ node: ONNXNodeContext) throws(InputError) -> ONNXOperand {
    guard areFlat else { return result }
    let width = result.shape[1] * result.shape[3]
    return try node.emit(Reshape([0, 0, width]), try node.emit(Transpose([0, 2, 1, 3]), result))
  }
}

/// What an Attention adds to its scores: −∞ where a query may not look at a key.
private struct AttentionBias {
  /// nil for nothing.
  var numbers: ONNXConstant?
  /// By query, 1 where it may not look at any key; nil where each may.
  var blind: ONNXConstant?

  /// - Parameters:
  ///   - queries, keys: how many there are.
  init(_ node: ONNXNodeContext, queries: Int, keys: Int) throws(InputError) {
    let isCausal = try node.int("is_causal", default: 0) != 0
    let left = try node.int("left_window_size", default: -1)
    let right = try node.int("right_window_size", default: -1)
    guard left >= -1, right >= -1 else { throw node.notComputed("left_window_size", min(left, right)) }
    let given = try Self.mask(node, keys: keys)
    guard given != nil || isCausal || left >= 0 || right >= 0 else { return }
    try ONNXConstantBudget.expectMemory(queries * keys)
    let window = (0..<queries).flatMap { query in
      (0..<keys).map { key -> Float in
        let isBehind = isCausal && key > query || left >= 0 && query - key > left
        return isBehind || right >= 0 && key - query > right ? -.infinity : 0
      }
    }
    var sum = Tensor(window, Shape(queries, keys))
    if let given {
      guard let shape = sum.shape.broadcast(with: given.shape), shape.rank <= 4 else {
        throw InputError("", "has a mask of \(given.shape) for \(queries) queries and \(keys) keys")
      }
      let both = try shape.expectingMemory()
      try ONNXConstantBudget.expectMemory(both.count)
      sum = Broadcast.map(given, sum, to: both, threads: .one) { $0 + $1 }
    }
    let largest = Reduction.largest(sum, over: [sum.shape.rank - 1], sign: 1, threads: .one)
    let isBlind = largest.mapped { $0 == -.infinity ? 1 : 0 }
    // Of scores that are all −∞ a softmax makes no numbers at all, and no gradients.
    let bias = Broadcast.map(sum, isBlind, to: sum.shape, threads: .one) { $1 == 1 ? 0 : $0 }
    numbers = ONNXConstant(bias, isInteger: false)
    blind = isBlind.isZero ? nil : ONNXConstant(isBlind, isInteger: true)
  }

  /// The mask as what is added; keys that it lacks are not looked at.
  private static func mask(_ node: ONNXNodeContext, keys: Int) throws(InputError) -> Tensor? {
    guard let mask = try node.optionalConstant(3) else { return nil }
    guard let own = mask.shape.dimensions.last, own <= keys else {
      throw InputError("", "has a mask of \(mask.shape) for \(keys) keys")
    }
    let tensor = mask.isInteger ? mask.tensor.mapped { $0 == 0 ? -.infinity : 0 } : mask.tensor
    if own == keys || own == 1 { return tensor }
    let pad = Pad(axes: [-1], before: [0], after: [keys - own], mode: .constant(-.infinity))
    try ONNXConstantBudget.expectMemory(try pad.outputShape(of: [tensor.shape]).expectingMemory().count)
    return pad.forward([tensor], ExecutionContext(threads: 1))
  }
}

extension ONNXOperand {
  /// One number.
  static func scalar(_ number: Float) -> ONNXOperand {
    .constant(ONNXConstant(Tensor([number], Shape()), isInteger: false))
  }
}
