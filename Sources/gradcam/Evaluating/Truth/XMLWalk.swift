import ModelFormats

/// Walks through XML of plain elements: no namespaces, no entities of a document's own, attributes passed over.
struct XMLWalk {
  private let bytes: UnsafeRawBufferPointer
  /// Deeper nesting is not read.
  private static let deepest = 32
  /// The most bytes of an element's text that are kept.
  private static let longest = 4096

  /// - Parameter bytes: they have to outlive the walk.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Calls `body` at each element's end with the names of the elements around it, its own last, and its own text without blanks around it.
  ///
  /// - Throws: `InputError` without a subject for what is no such XML, and what `body` throws.
  func run(_ body: (_ path: [String], _ text: String) throws(InputError) -> Void) throws(InputError) {
    var (path, texts, place) = ([String](), [[UInt8]](), 0)
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "<") else {
        if let last = texts.indices.last, texts[last].count < Self.longest { texts[last].append(bytes[place]) }
        place += 1
        continue
      }
      if let end = try passed(place) {
        place = end
        continue
      }
      guard let end = bytes[place...].firstIndex(of: UInt8(ascii: ">")) else { throw Self.damaged }
      var tag = bytes[place + 1..<end]
      let isClosing = tag.first == UInt8(ascii: "/")
      let isEmpty = tag.last == UInt8(ascii: "/")
      if isClosing { tag = tag.dropFirst() }
      if isEmpty, !tag.isEmpty { tag = tag.dropLast() }
      let name = String(decoding: tag.prefix { !" \t\r\n".utf8.contains($0) }.prefix(64), as: UTF8.self)
      place = end + 1
      if !isClosing {
        guard path.count < Self.deepest, !name.isEmpty else { throw Self.damaged }
        path.append(name)
        texts.append([])
        if !isEmpty { continue }
      }
      guard path.last == name, let text = texts.popLast() else { throw Self.damaged }
      try body(path, Self.plain(text))
      path.removeLast()
    }
    if !path.isEmpty { throw Self.damaged }
  }

  /// Where a comment, an instruction or a declaration that begins here ends; nil for an element.
  private func passed(_ place: Int) throws(InputError) -> Int? {
    for (start, end) in [("<!--", "-->"), ("<?", "?>"), ("<!", ">")] where starts(start, at: place) {
      var place = place + start.utf8.count
      while place < bytes.count, !starts(end, at: place) { place += 1 }
      guard place < bytes.count else { throw Self.damaged }
      return place + end.utf8.count
    }
    return nil
  }

  private func starts(_ text: String, at place: Int) -> Bool {
    bytes[place...].starts(with: text.utf8)
  }

  private static func plain(_ text: [UInt8]) -> String {
    let blank: (UInt8) -> Bool = { " \t\r\n".utf8.contains($0) }
    var plain = String(decoding: text.drop(while: blank).reversed().drop(while: blank).reversed(), as: UTF8.self)
    guard plain.utf8.contains(UInt8(ascii: "&")) else { return plain }
    // Last what the others begin with.
    for (entity, meant) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
      plain = plain.replacing(entity, with: meant)
    }
    return plain
  }

  private static let damaged = InputError("", "is XML that is damaged", remedy: MarkFile.remedy)
}
