import FoundationEssentials
import ModelFormats

@testable import gradcam

/// A line of a file of records, as `--resume`, `verify` and `report` read it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let line = Array(UnsafeBufferPointer(start: data, count: count))
  if let record = try? Record(line: line) {
    let head = try? RecordHead(line: line)
    precondition(head != nil, "a record without its head")
    check(record, head?.image)
  }
  if let value = try? JSONDecoder().decode(PageValue.self, from: Data(line)), let text = try? encodedJSON(value) {
    precondition((try? JSONDecoder().decode(PageValue.self, from: Data(text.utf8))) != nil, "a page that is no JSON")
  }
  return 0
}

private func check(_ record: Record, _ image: FilePath?) {
  if case .explained(let explained) = record {
    precondition(explained.path == image)
    for map in explained.maps {
      guard let values = map.digest.values else { continue }
      precondition(values.count == map.digest.gridShape.reduce(1, *), "a grid of another size than its shape")
    }
    _ = (explained.overlays, explained.outputs, explained.modelName)
    _ = try? ArgumentParser.options(ofRecipe: explained.options)
  }
  // What is written again reads as the same.
  guard let text = try? record.json() else { return }
  precondition(!text.contains("\n"), "a record of several lines")
  let again = try? Record(line: Array(text.utf8))
  precondition(again.flatMap { try? $0.json() } == text, "a record that changes when it is read again")
}
