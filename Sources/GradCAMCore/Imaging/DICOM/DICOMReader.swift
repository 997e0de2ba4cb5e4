import ModelFormats

/// Steps through a data set's elements (DICOM PS3.5, chapter 7) up to its pixels, and keeps the values that a picture takes.
///
/// Nested data sets are passed over, or walked with a stack of their ends where their length is not said: nothing here calls itself.
struct DICOMReader {
  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let isBigEndian: Bool
  private let isExplicit: Bool
  /// The sequences and items that are open, the innermost last.
  private var open: [Container] = []

  /// How deep sequences and items may nest; those of real files nest five sequences deep.
  private static let deepest = 64
  /// The most bytes of a value that is kept: a table's of 65,536 numbers.
  private static let longestValue = 1 << 18
  /// The most tables of a sequence that are kept.
  private static let mostTables = 256

  private struct Container {
    let tag: UInt32
    /// Where it ends; nil where a delimiter says so.
    let end: Int?
    /// Whether it is written without value representations, as in an element of unknown kind and length.
    let isImplicit: Bool
  }

  private struct Header {
    let tag: UInt32
    let representation: String
    /// nil where it is not said.
    let length: Int?
  }

  init(_ bytes: UnsafeRawBufferPointer, from position: Int, isExplicit: Bool, isBigEndian: Bool) {
    (self.bytes, self.position, self.isExplicit, self.isBigEndian) = (bytes, position, isExplicit, isBigEndian)
  }

  /// Reads the data set.
  ///
  /// - Throws: `InputError` without a subject: it is cut short before its pixels, or a length points outside.
  mutating func read() throws(InputError) -> DICOMDataset {
    var result = DICOMDataset(isBigEndian: isBigEndian)
    while try closeFinished() {
      let header = try header()
      switch header.tag {
      case DICOMTag.item:
        try openItem(header, &result)
      case DICOMTag.itemEnd, DICOMTag.sequenceEnd:
        guard let last = open.popLast(), last.end == nil,
          (header.tag == DICOMTag.itemEnd) == (last.tag == DICOMTag.item)
        else { throw Self.damaged("an end without a beginning at byte \(position - 8)") }
      case DICOMTag.pixels, DICOMTag.floatPixels, DICOMTag.doublePixels:
        guard open.isEmpty else {
          try pass(header)
          continue
        }
        result.pixels = DICOMDataset.Pixels(
          tag: header.tag, representation: header.representation, offset: position, length: header.length)
        return result
      default:
        try take(header, &result)
      }
    }
    result.hasRemainder = bytes[position...].contains { $0 != 0 }
    return result
  }

  /// Reads elements of group 0002, which every file has little endian and explicit, and stops before any other.
  ///
  /// - Returns: the transfer syntax's identifier, and where the data set begins.
  static func fileMeta(
    _ bytes: UnsafeRawBufferPointer, from position: Int
  ) throws(InputError) -> (transferSyntax: String?, end: Int) {
    var reader = DICOMReader(bytes, from: position, isExplicit: true, isBigEndian: false)
    var syntax: String?
    while bytes.count - reader.position >= 8, reader.word(at: reader.position) == 0x0002 {
      let header = try reader.header()
      guard let length = header.length else { throw damaged("an element of its file's meta information has no length") }
      try reader.check(length)
      if header.tag == DICOMTag.transferSyntax { syntax = reader.element(header, length).texts[0] }
      reader.position += length
    }
    return (syntax, reader.position)
  }

  static func damaged(_ problem: Message) -> InputError { InputError("", "is a damaged DICOM file: \(problem)") }

  // MARK: - Containers

  /// Leaves what has ended; false where the data set has.
  private mutating func closeFinished() throws(InputError) -> Bool {
    while let end = open.last?.end, position >= end {
      guard position == end else { throw Self.damaged("an element reaches beyond the sequence that it is in") }
      open.removeLast()
    }
    // What pads a file behind its last element is no element.
    guard bytes.count - position >= 8 else {
      guard open.isEmpty else { throw Self.damaged("it is cut short inside a sequence") }
      return false
    }
    return true
  }

  private mutating func push(_ container: Container) throws(InputError) {
    guard open.count < Self.deepest else { throw Self.damaged("its sequences nest over \(Self.deepest / 2) deep") }
    if let end = container.end, end > bytes.count { throw beyond(end) }
    open.append(container)
  }

  private mutating func openItem(_ header: Header, _ result: inout DICOMDataset) throws(InputError) {
    guard let sequence = open.last, sequence.tag != DICOMTag.item else {
      throw Self.damaged("an item outside of a sequence at byte \(position - 8)")
    }
    // Of a sequence that nobody asks for, an item whose length is known is passed over.
    let isWanted = isTables(sequence)
    guard isWanted || header.length == nil else { return try pass(header) }
    if isWanted { result.addTable(sequence.tag, most: Self.mostTables) }
    try push(
      Container(tag: DICOMTag.item, end: header.length.map { position + $0 }, isImplicit: sequence.isImplicit))
  }

  /// Whether a container is a sequence of tables of the outermost data set.
  private func isTables(_ container: Container) -> Bool {
    open.count == 1 && (container.tag == DICOMTag.modalityTables || container.tag == DICOMTag.windowTables)
  }

  // MARK: - Elements

  private mutating func take(_ header: Header, _ result: inout DICOMDataset) throws(InputError) {
    if let container = open.last, container.tag != DICOMTag.item {
      throw Self.damaged("an element between the items of a sequence at byte \(position - 8)")
    }
    let isTables = open.isEmpty && [DICOMTag.modalityTables, DICOMTag.windowTables].contains(header.tag)
    guard let length = header.length, !isTables else {
      // A sequence, or an element of unknown kind, which is one in implicit coding.
      let isImplicit = header.representation == "UN" || open.last?.isImplicit ?? !isExplicit
      return try push(
        Container(tag: header.tag, end: header.length.map { position + $0 }, isImplicit: isImplicit))
    }
    try check(length)
    defer { position += length }
    guard length <= Self.longestValue else { return }
    if open.isEmpty {
      if DICOMTag.kept.contains(header.tag) { result.elements[header.tag] = element(header, length) }
    } else if open.count == 2, [DICOMTag.tableDescriptor, DICOMTag.tableData].contains(header.tag) {
      result.setInTable(open[0].tag, header.tag, element(header, length))
    }
  }

  private mutating func pass(_ header: Header) throws(InputError) {
    guard let length = header.length else {
      return try push(Container(tag: header.tag, end: nil, isImplicit: open.last?.isImplicit ?? !isExplicit))
    }
    try check(length)
    position += length
  }

  private func check(_ length: Int) throws(InputError) {
    if length > bytes.count - position { throw beyond(position + length) }
  }

  private func beyond(_ end: Int) -> InputError {
    Self.damaged("it is cut short, or a length points outside: to byte \(end) of \(bytes.count)")
  }

  private func element(_ header: Header, _ length: Int) -> DICOMElement {
    DICOMElement(
      representation: header.representation, isBigEndian: isBigEndian, bytes: Array(bytes[position..<position + length])
    )
  }

  private mutating func header() throws(InputError) -> Header {
    let tag = UInt32(word(at: position)) << 16 | UInt32(word(at: position + 2))
    position += 4
    let isDelimiter = tag >> 16 == 0xFFFE
    // Some files leave representations out here and there: no two letters are a length then.
    let letters = [bytes[position], bytes[position + 1]]
    guard !isDelimiter, !(open.last?.isImplicit ?? !isExplicit), letters.allSatisfy({ (0x41...0x5A).contains($0) })
    else {
      return Header(tag: tag, representation: "", length: try long())
    }
    let representation = String(decoding: letters, as: UTF8.self)
    position += 2
    guard Self.longRepresentations.contains(representation) else {
      let length = Int(word(at: position))
      position += 2
      return Header(tag: tag, representation: representation, length: length)
    }
    position += 2
    return Header(tag: tag, representation: representation, length: try long())
  }

  /// Those whose length has 32 bits (DICOM PS3.5, table 7.1-1).
  private static let longRepresentations: Set = [
    "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
  ]

  /// Whether the two letters of a value representation stand at a place (DICOM PS3.5, table 6.2-1).
  static func namesRepresentation(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard bytes.count - place >= 2 else { return false }
    let letters = String(decoding: bytes[place..<place + 2], as: UTF8.self)
    return longRepresentations.contains(letters) || shortRepresentations.contains(letters)
  }

  private static let shortRepresentations: Set = [
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI",
    "UL", "US",
  ]

  /// A length of 32 bits; nil for the one that says that it is not known.
  private mutating func long() throws(InputError) -> Int? {
    guard bytes.count - position >= 4 else { throw Self.damaged("it is cut short in the middle of an element") }
    let (first, second) = (UInt32(word(at: position)), UInt32(word(at: position + 2)))
    position += 4
    let length = isBigEndian ? first << 16 | second : second << 16 | first
    return length == .max ? nil : Int(length)
  }

  private func word(at place: Int) -> UInt16 {
    let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }
}
