/// NumPy's `.npy` format, version 1.0: float32, little-endian, C order.
public enum NumPyFile {
  /// The file's bytes for `values` of the given shape, the last axis fastest.
  ///
  /// - Precondition: as many values as the shape has elements.
  public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
    precondition(values.count == shape.reduce(1, *), "values that do not fill the shape")
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    // Spaces and a newline fill the header up, so that the numbers begin at a multiple of 64.
    let unpadded = magic.count + 2 + header.count + 1
    header += repeatElement(UInt8(ascii: " "), count: (64 - unpadded % 64) % 64) + [UInt8(ascii: "\n")]
    var bytes = magic + [UInt8(header.count & 255), UInt8(header.count >> 8)] + header
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
