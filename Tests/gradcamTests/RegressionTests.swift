import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

@testable import gradcam

/// Files that once made a reader of what is no model and no picture trap or hang, as `Scripts/fuzz` finds them; whatever else
/// stands beside them is read as well.
@Suite struct RegressionTests {
  private static let folder = Fixture.folder.appending(FilePath("regressions"))
  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.description)) ?? []).sorted()

  @Test(arguments: files) func `Ends in a value or an error`(_ name: String) throws {
    let path = Self.folder.appending(FilePath(name))
    let file = try FileBytes(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    let text = String(decoding: bytes, as: UTF8.self)
    if let record = try? Record(line: bytes), case .explained(let explained) = record {
      for map in explained.maps { _ = map.digest.values }
    }
    _ = try? JSONDecoder().decode(PageValue.self, from: Data(bytes))
    _ = try? Preprocessing(recorded: text)
    _ = try? HeatmapTemplate(bytes)
    _ = try? ArgumentParser.parse(bytes.split(separator: UInt8(ascii: "\n")).map(Array.init))
    for isNULSeparated in [false, true] {
      guard let list = try? PathList(path, isNULSeparated: isNULSeparated, stop: nil) else { continue }
      while let entry = try? list.next() {
        if case .path(let found) = entry { #expect(!found.bytes.isEmpty) }
      }
    }
    let names = DistinctNames(text.split(separator: "\n").map(String.init), kind: "class")
    #expect(FileName.fitted(FileName.safe(names[0]), []).count <= FileName.limit)
  }
}
