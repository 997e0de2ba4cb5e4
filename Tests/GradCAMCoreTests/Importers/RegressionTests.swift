import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// Files that once crashed a reader, hung it or took all memory; most were found by `Scripts/fuzz`.
@Suite struct RegressionTests {
  private static let folder = Fixture.folder.appending(FilePath("regressions"))
  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.description)) ?? []).sorted()

  @Test func `There are files`() { #expect(Self.files.count >= 9) }

  @Test(arguments: files) func `Ends in a model or an error`(_ name: String) throws {
    let path = Self.folder.appending(FilePath(name))
    do {
      let model = try Model.load(path)
      _ = try model.graph.summaries(for: model.inputShape)
      _ = try Explainer(model).explain(Image(width: 9, height: 7, filledWith: [200, 30, 90]))
    } catch let error as InputError {
      #expect(error.problem != "" && !error.description.contains("\n"))
    }
    do {
      _ = try ImageDecoder.decode(try FileBytes(path: path), options: .init(maxPixels: 1 << 20))
    } catch is InputError {}
  }
}
