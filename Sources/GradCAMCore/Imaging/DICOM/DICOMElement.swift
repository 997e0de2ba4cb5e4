/// The value of a data element, and how it is coded.
struct DICOMElement {
  /// Its value representation, as `US`; empty where the transfer syntax leaves it out.
  let representation: String
  let isBigEndian: Bool
  let bytes: [UInt8]

  /// Numbers of 16 bits, without a sign.
  var words: [UInt16] {
    stride(from: 0, to: bytes.count - 1, by: 2).map { place in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
  }

  /// Numbers of 64 bits that fit an `Int`.
  var longs: [Int] {
    stride(from: 0, to: bytes.count - 7, by: 8).compactMap { place in
      let number = bytes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return Int(exactly: isBigEndian ? number.byteSwapped : number)
    }
  }

  /// A text's parts between backslashes, without the blanks around them; not-ASCII bytes become none of its letters.
  var texts: [String] {
    bytes.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false).map { part in
      let isFilling: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: " ") }
      let inner = part.drop(while: isFilling)
      return String(
        decoding: inner.prefix((inner.lastIndex { !isFilling($0) } ?? inner.startIndex - 1) - inner.startIndex + 1),
        as: Unicode.ASCII.self)
    }
  }

  /// The numbers that the texts name; nil in the place of a text that names none.
  var decimals: [Double?] { texts.map { Double($0).flatMap { $0.isFinite ? $0 : nil } } }
}
