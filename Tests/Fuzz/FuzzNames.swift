import ModelFormats

@testable import gradcam

/// What files are called: a template in the first line, and in the others images, classes and layers.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  let words = lines.dropFirst().prefix(16).map { String(decoding: $0, as: UTF8.self) }
  checkParts(words)
  let names = DistinctNames(words, kind: "class")
  let distinct = Set(words.indices.map { Array(names[$0].utf8) })
  precondition(distinct.count == words.count, "two classes of one name")
  for word in words.indices { checkComponent(FileName.fitted(FileName.safe(names[word]), [])) }
  if let template = try? HeatmapTemplate(lines[0]) {
    check(template, lines.dropFirst().prefix(16).map { FilePath(bytes: $0) })
  }
  return 0
}

/// A part of a name is never empty, holds no slash and no control character, and is none of the folders' own names.
private func checkParts(_ words: [String]) {
  var fitted: [[UInt8]: [UInt8]] = [:]
  for word in words {
    let safe = FileName.safe(word)
    precondition(FileName.safe(String(decoding: safe, as: UTF8.self)) == safe, "a safe name that is not")
    checkComponent(FileName.fitted(safe, []))
    let name = FileName.fitted(safe, Array(".gradcam.png".utf8))
    checkComponent(name)
    precondition(fitted.updateValue(safe, forKey: name).map { $0 == safe } ?? true, "two names cut alike")
  }
}

private func checkComponent(_ name: [UInt8]) {
  precondition(!name.isEmpty && name.count <= FileName.limit, "a name of \(name.count) bytes")
  precondition(name.first != UInt8(ascii: "."), "a hidden file, or a folder's own name")
  precondition(name.allSatisfy { $0 != UInt8(ascii: "/") && $0 >= 0x20 && $0 != 0x7f }, "a byte that no name may hold")
}

private func check(_ template: HeatmapTemplate, _ images: [FilePath]) {
  for image in images where !image.bytes.contains(0) {
    for source in [ImageSource(operand: image), ImageSource(listed: image)] {
      let path = template.path(below: source.folder) { placeholder in
        placeholder == .stem ? source.stem.bytes : FileName.safe(image.description)
      }
      let parts = path.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true)
      precondition(parts.allSatisfy { $0.count <= FileName.limit }, "a path with a name that is too long")
    }
    // What a list says never leads out of the output folder.
    let folders = ImageSource(listed: image).folder.bytes.split(separator: UInt8(ascii: "/"))
    precondition(!folders.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) }, "a folder above")
  }
}
