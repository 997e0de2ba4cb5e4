import ModelFormats

/// A lookup table of a data set: of a modality, a window, or a palette's colour (DICOM PS3.3, C.11.1.1).
struct DICOMTable {
  /// What the first entry stands for; what is below has it, too, and what is above the last has the last.
  let first: Int
  let entries: [UInt16]
  /// How many bits an entry has.
  let bits: Int

  /// - Parameter isSigned: whether samples are, which decides how `first` is read where the file does not say.
  /// - Throws: `InputError` without a subject where the table makes no sense.
  init(_ elements: [UInt32: DICOMElement], isSigned: Bool, _ name: String) throws(InputError) {
    try self.init(elements[DICOMTag.tableDescriptor], elements[DICOMTag.tableData], isSigned: isSigned, name)
  }

  init(_ descriptor: DICOMElement?, _ data: DICOMElement?, isSigned: Bool, _ name: String) throws(InputError) {
    let count: Int
    (count, first, bits) = try Self.described(descriptor, isSigned: isSigned, name)
    guard let data else { throw DICOMReader.damaged("its \(name) has no data") }
    if data.bytes.count >= 2 * count {
      entries = Array(data.words.prefix(count))
    } else if data.bytes.count >= count && bits == 8 {
      entries = Self.packed(data).prefix(count).map(UInt16.init)
    } else {
      throw DICOMReader.damaged("its \(name) is too short")
    }
  }

  /// - Returns: how many entries there are, what the first stands for, and their bits.
  static func described(
    _ descriptor: DICOMElement?, isSigned: Bool, _ name: String
  ) throws(InputError) -> (count: Int, first: Int, bits: Int) {
    guard let descriptor, descriptor.words.count >= 3 else {
      throw DICOMReader.damaged("its \(name) is not described")
    }
    let words = descriptor.words
    let readsSigned = descriptor.representation == "SS" || descriptor.representation != "US" && isSigned
    let first = readsSigned ? Int(Int16(bitPattern: words[1])) : Int(words[1])
    guard (8...16).contains(words[2]) else {
      throw DICOMReader.damaged("its \(name) has \(words[2]) bits an entry, not 8 to 16")
    }
    return (words[0] == 0 ? 1 << 16 : Int(words[0]), first, Int(words[2]))
  }

  /// Entries of 8 bits, two in a word.
  static func packed(_ data: DICOMElement) -> [UInt8] {
    guard data.isBigEndian, data.representation == "OW" || data.representation == "US" else { return data.bytes }
    return data.words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
  }

  init(first: Int, entries: [UInt16], bits: Int) { (self.first, self.entries, self.bits) = (first, entries, bits) }

  /// The entry of a number.
  func entry(_ number: Double) -> UInt16 {
    let place = number - Double(first)
    guard place > 0 else { return entries[0] }
    return entries[place >= Double(entries.count) ? entries.count - 1 : Int(place)]
  }

  var most: Double { Double(1 << bits - 1) }
}
