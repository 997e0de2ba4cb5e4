/// NumPy's `.npy` format, version 1.0: float32, little-endian, C order.
public enum NumPyFile {
  /// The file's bytes for `values` of the given shape, the last axis fastest.
  ///
  /// - Precondition: as many values as the shape has elements.
  public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
    precondition(values.count == shape.reduce(1, *), "values that do not fill the shape")
    var bytes = header(shape)
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Whether a file has the form of a map's, which says nothing of who wrote it: two axes, the header as `encode` writes it, and the
  /// numbers, of which some may have been cut off.
  ///
  /// - Parameters:
  ///   - start: the file's beginning, as much as a header takes.
  ///   - size: of the whole file, in bytes.
  package static func isOwn(_ start: [UInt8], size: Int) -> Bool {
    let text = String(decoding: start.prefix(128), as: UTF8.self)
    guard let shape = text.split(separator: "'shape': (", maxSplits: 1).dropFirst().first?.split(separator: ")").first
    else { return false }
    let sizes = shape.split(separator: ", ").compactMap { Int($0) }
    guard sizes.count == 2, sizes.allSatisfy({ (1...1 << 24).contains($0) }) else { return false }
    let header = header(sizes)
    return start.starts(with: header) && size <= header.count + 4 * sizes[0] * sizes[1]
  }

  private static func header(_ shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    // Spaces and a newline fill the header up, so that the numbers begin at a multiple of 64.
    let unpadded = magic.count + 2 + header.count + 1
    header += repeatElement(UInt8(ascii: " "), count: (64 - unpadded % 64) % 64) + [UInt8(ascii: "\n")]
    return magic + [UInt8(header.count & 255), UInt8(header.count >> 8)] + header
  }
}
