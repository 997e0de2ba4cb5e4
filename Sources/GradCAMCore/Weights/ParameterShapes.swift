/// The shapes of a state dict's tensors by name: what an architecture is recognised from.
struct ParameterShapes {
  let shapes: [String: [Int]]
  /// The head that the file has, where it is another than the architecture's own.
  var head: HeadPlan?

  init(shapes: [String: [Int]], head: HeadPlan? = nil) { (self.shapes, self.head) = (shapes, head) }

  /// The size of one axis of a tensor; nil when there is no such tensor or axis, or the size is absurd.
  func size(_ name: String, _ axis: Int) -> Int? {
    guard let shape = shapes[name], shape.indices.contains(axis) else { return nil }
    guard (1...1 << 16).contains(shape[axis]) else { return nil }
    return shape[axis]
  }

  /// The size of a square kernel of odd sides; nil when there is no such tensor, or its kernel is another.
  ///
  /// No network has a larger one than the limit, which keeps products of sizes in range whatever a file claims.
  func kernel(_ name: String) -> Int? {
    guard let side = size(name, 2), side == size(name, 3), side <= 31, side % 2 == 1 else { return nil }
    return side
  }

  /// In how many groups a convolution called `name` takes `channels` channels; 1 where its shape does not fit them.
  func groups(_ name: String, of channels: Int) -> Int {
    guard let width = size(name, 1), channels.isMultiple(of: width) else { return 1 }
    return channels / width
  }

  /// The number of classes that the head tells apart, which the architecture calls `name`; nil where there is no such head.
  func classes(_ name: String) -> Int? { head?.classes ?? size("\(name).weight", 0) }

  func has(_ name: String) -> Bool { shapes[name] != nil }

  /// How many numbered blocks a stage has, at least one: the different numbers behind `prefix` (`layer1.`) in names.
  ///
  /// No network has more than the limit, which keeps products of sizes in range whatever a file claims.
  func blocks(_ prefix: String, limit: Int = 1024) -> Int {
    let numbers = shapes.keys.compactMap { name -> Int? in
      guard name.utf8.starts(with: prefix.utf8) else { return nil }
      return Int(Substring(name.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: ".") }))
    }
    return max(1, min(Set(numbers).count, limit))
  }
}
