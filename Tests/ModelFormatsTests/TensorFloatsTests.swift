import Testing

@testable import ModelFormats

@Suite struct TensorFloatsTests {
  @Test func `Every half is widened exactly`() throws {
    let halves = try TensorRecord((0...UInt16.max).map { $0 }, type: .float16, shape: [65536]).floats()
    for (bits, float) in zip(0...UInt16.max, halves) {
      let expected = Float(Float16(bitPattern: bits))
      guard expected == float || (expected.isNaN && float.isNaN) else {
        Issue.record("\(bits): \(float), not \(expected)")
        return
      }
    }
    #expect(halves[0x8000].sign == .minus)
  }

  @Test func `Doubles are rounded to the nearest`() throws {
    let doubles = [0.1, 1e300, -1e-300, 16_777_217, .nan]
    let floats = try TensorRecord(doubles, type: .float64, shape: [5]).floats()
    #expect(floats[..<4] == [0.1, .infinity, -0.0, 16_777_216])
    #expect(floats[4].isNaN)
  }

  /// A grid of 2 × 3 × 4 read in every way that strides can say.
  @Test(arguments: [
    ([2, 3, 4], [12, 4, 1], Array(0..<24)),
    ([4, 2, 3], [1, 12, 4], [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]),
    ([2, 2], [12, 2], [0, 2, 12, 14]), ([3], [4], [0, 4, 8]), ([2, 3], [0, 4], [0, 4, 8, 0, 4, 8]),
    ([], [], [0]), ([1, 1, 2], [99, 77, 1], [0, 1]), ([0, 3], [3, 1], []), ([2, 0, 3], [1, 1, 1], []),
    ([24], [1], Array(0..<24)), ([2, 1, 2], [1, 5, 3], [0, 3, 1, 4]),
  ])
  func `Elements come in the order of their indices`(shape: [Int], strides: [Int], expected: [Int]) throws {
    let numbers = (0..<24).map { Float($0) }
    let record = try TensorRecord(numbers, type: .float32, shape: shape, strides: strides)
    #expect(record.floats() == expected.map { Float($0) })
    let bytes = try TensorRecord((0..<24).map { Int8($0) }, type: .int8, shape: shape, strides: strides, padding: 3)
    #expect(bytes.floats() == expected.map { Float($0) })
  }

  @Test func `Numbers need not be aligned`() throws {
    let record = try TensorRecord([1.5, -2.5] as [Float], type: .float32, shape: [2], padding: 1)
    #expect(record.floats() == [1.5, -2.5])
    #expect(record.contiguousFloat32 == nil)
  }

  @Test func `Aligned floats are there without a copy`() throws {
    let numbers: [Float] = [1, 2, 3, 4]
    let record = try TensorRecord(numbers, type: .float32, shape: [2, 2], padding: 4)
    let pointer = try #require(record.contiguousFloat32)
    #expect(withExtendedLifetime(record) { Array(UnsafeBufferPointer(start: pointer, count: 4)) } == numbers)
    #expect(try TensorRecord(numbers, type: .float32, shape: [2, 2], strides: [1, 2]).contiguousFloat32 == nil)
    #expect(try TensorRecord(numbers, type: .int32, shape: [2, 2]).contiguousFloat32 == nil)
  }

  @Test(arguments: [
    ([2, 2], [2, 2]), ([2, 4], [4, 1]), ([-1], [1]), ([2], [1, 1]), ([2], [-1]), ([1 << 30, 1 << 30], [0, 0]),
    ([2, 2], [.max, 1]),
  ])
  func `Records that leave their bytes are refused`(shape: [Int], strides: [Int]) {
    #expect(throws: InputError.self) {
      try TensorRecord([1, 2, 3, 4] as [Float], type: .float32, shape: shape, strides: strides)
    }
  }
}
