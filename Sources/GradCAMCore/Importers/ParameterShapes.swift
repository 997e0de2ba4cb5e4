/// The shapes of a state dict's tensors by name: what an architecture is recognised from.
struct ParameterShapes {
  let shapes: [String: [Int]]

  /// The size of one axis of a tensor; nil when there is no such tensor or axis, or the size is absurd.
  func size(_ name: String, _ axis: Int) -> Int? {
    guard let shape = shapes[name], shape.indices.contains(axis) else { return nil }
    guard (1...1 << 16).contains(shape[axis]) else { return nil }
    return shape[axis]
  }

  func has(_ name: String) -> Bool { shapes[name] != nil }

  /// How many numbered blocks follow `prefix` without a gap: those `i` for which `prefix.i.suffix` is there.
  func blocks(_ prefix: String, _ suffix: String) -> Int {
    var count = 0
    while has("\(prefix).\(count).\(suffix)") { count += 1 }
    return count
  }
}
