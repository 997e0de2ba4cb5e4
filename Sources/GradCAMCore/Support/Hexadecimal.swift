extension FixedWidthInteger {
  /// All of its hexadecimal digits, zeros in front: two a byte.
  package var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: Self.bitWidth / 4 - digits.utf8.count) + digits
  }
}
