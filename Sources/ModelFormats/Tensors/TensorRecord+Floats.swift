extension TensorRecord {
  /// The elements as float32 in the order of their indices, the last axis fastest, whatever the strides are.
  ///
  /// Wider numbers are rounded to the nearest float32; a Boolean is 0 or 1.
  package func floats() -> [Float] {
    switch type {
    case .float32: gather(UInt32.self) { Float(bitPattern: $0) }
    case .float64: gather(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .float16: gather(UInt16.self) { widenHalf($0) }
    case .bfloat16: gather(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .int64: gather(Int64.self) { Float($0) }
    case .int32: gather(Int32.self) { Float($0) }
    case .int16: gather(Int16.self) { Float($0) }
    case .int8: gather(Int8.self) { Float($0) }
    case .uint64: gather(UInt64.self) { Float($0) }
    case .uint32: gather(UInt32.self) { Float($0) }
    case .uint16: gather(UInt16.self) { Float($0) }
    case .uint8: gather(UInt8.self) { Float($0) }
    case .bool: gather(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  /// The elements where they are in the file, if they can be used there: contiguous float32, aligned.
  ///
  /// Not valid beyond the life of `region.file`.
  package var contiguousFloat32: UnsafePointer<Float>? {
    guard type == .float32, isContiguous, let base = region.bytes.baseAddress,
      Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
    else { return nil }
    return base.assumingMemoryBound(to: Float.self)
  }

  private func gather<Number: FixedWidthInteger & BitwiseCopyable>(
    _ number: Number.Type, _ convert: (Number) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Number>.size
    // A contiguous tensor is one row, and a scalar a row of one.
    let rowCount = isContiguous ? elementCount : shape.last ?? 1
    let rowStride = (isContiguous ? 1 : strides.last ?? 1) * size
    return [Float](unsafeUninitializedCapacity: elementCount) { output, initialized in
      let bytes = region.bytes
      var filled = 0
      forEachRow { start in
        var offset = start * size
        for _ in 0..<rowCount {
          let stored = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
          (output.baseAddress.unsafelyUnwrapped + filled).initialize(to: convert(Number(littleEndian: stored)))
          filled += 1
          offset += rowStride
        }
      }
      initialized = filled
    }
  }

  /// Calls `body` with the first element's place in each row: each run along the last axis, or everything if contiguous.
  private func forEachRow(_ body: (Int) -> Void) {
    guard elementCount > 0 else { return }
    let outer = isContiguous ? 0 : max(shape.count - 1, 0)
    var index = [Int](repeating: 0, count: outer)
    var start = 0
    while true {
      body(start)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        start += strides[axis]
        if index[axis] < shape[axis] { break }
        start -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

/// The float32 that a float16 bit pattern stands for; done on bits because not every platform has `Float16`.
private func widenHalf(_ half: UInt16) -> Float {
  let sign = UInt32(half & 0x8000) << 16
  let magnitude = UInt32(half & 0x7fff)
  // 2^112 moves a float16 exponent into float32's range, and makes subnormal numbers normal on the way.
  if magnitude < 0x7c00 {
    return Float(bitPattern: sign | (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern)
  }
  return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13)
}
