import Foundation
import ModelFormats
import TestSupport
import Testing

/// Marks that are sound and mislead, and records of them that somebody edited.
@Suite struct TruthDoubtsTests {
  private static let models = Fixture.repository.appending(FilePath("models")).description
  private let folder = Workplace()

  private func evaluate(_ words: String..., metrics: String = "localisation") throws -> Tool.Outcome {
    try Tool.run(
      [
        "evaluate", "-w", "\(Self.models)/demo-xray.bin", "\(Self.models)/images/opacity-01.jpg", "--metrics", metrics,
        "--records", "records",
      ] + words, in: folder)
  }

  private func warns(_ outcome: Tool.Outcome, _ text: String) -> Bool {
    outcome.errors.contains { $0.contains("warning: ") && $0.contains(text) && $0.utf8.count <= 300 }
  }

  @Test func `An edited record is measured anew`() throws {
    folder.put("image,x,y,width,height\nopacity-01.jpg,40,60,60,60\n", as: "marks.csv")
    #expect(try evaluate("--boxes", "marks.csv").status == 0)
    let good = try #require(folder.text("records"))
    let edits = [
      good.replacing(#/"iou-best@0.5":[^,}]*,/#, with: "", maxReplacements: 1),
      good.replacing(#/"auroc":[^,}]*,/#, with: "\"auroc\":1e308,"),
      good.replacing(#/"auroc":[^,}]*,/#, with: "\"auroc\":-1e308,", maxReplacements: 1),
      good.replacing(#/"method":"edges"/#, with: "\"method\":\"edge\""),
      good.replacing(#/"truth_share":[^,}]*/#, with: "\"truth_share\":7"),
    ]
    for (number, edit) in edits.enumerated() {
      #expect(edit != good, "\(number)")
      folder.put(edit, as: "records")
      let outcome = try evaluate("--boxes", "marks.csv", "--resume")
      #expect(outcome.status == 0 && !outcome.errors.contains { $0.contains("finished before") }, "\(outcome.errors)")
    }
    folder.put(good, as: "records")
    // Marks that lie elsewhere, and are the same.
    folder.put(try #require(folder.bytes("marks.csv")), as: "other/boxes.csv")
    let again = try evaluate("--boxes", "other/boxes.csv", "--resume")
    #expect(again.errors.contains { $0.contains("1 finished before") }, "\(again.errors)")
  }

  @Test func `Marks of no class are doubted where several classes are explained`() throws {
    folder.put("image,x,y,width,height\nopacity-01.jpg,40,60,60,60\n", as: "marks.csv")
    let doubt = "--boxes: marks without a class are held against every class that is explained (--target NAME"
    for target in ["all", "0,1"] {
      #expect(try warns(evaluate("--boxes", "marks.csv", "--target", target, metrics: "hit"), doubt), "\(target)")
    }
    #expect(try !warns(evaluate("--boxes", "marks.csv", "--target", "opacity", metrics: "hit"), doubt))
    folder.put("image,x,y,width,height,class\nopacity-01.jpg,40,60,60,60,opacity\n", as: "named.csv")
    #expect(try !warns(evaluate("--boxes", "named.csv", "--target", "all", metrics: "hit"), doubt))
  }

  @Test func `Marks of other images are told, and are no success where all needs them`() throws {
    folder.put("image,x,y,width,height\na.jpg,40,60,60,60\nb.jpg,1,1,2,2\n", as: "marks.csv")
    let text = "--boxes: none of the 2 images that marks.csv names is among the inputs ("
    let outcome = try evaluate("--boxes", "marks.csv", metrics: "hit")
    #expect(outcome.status == 1 && warns(outcome, text), "\(outcome.errors)")
    let mixed = try evaluate("--boxes", "marks.csv", metrics: "hit,complexity")
    #expect(mixed.status == 0 && warns(mixed, text), "\(mixed.errors)")
  }

  @Test func `A mask of all, and a category that is not listed`() throws {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (599, 501), }"
    let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
    folder.put(bytes + [UInt8](repeating: 1, count: 599 * 501), as: "masks/opacity-01.npy")
    #expect(
      try warns(
        evaluate("--masks", "masks", metrics: "hit"),
        "--masks: 1 mask marks more than 95 % of the image, as opacity-01.npy does"))
    folder.put(
      #"{"images": [{"id": 1, "file_name": "opacity-01.jpg"}], "annotations": [{"image_id": 1, "category_id": 7, "bbox": [1, 1, 9, 9]}]}"#,
      as: "coco.json")
    let outcome = try evaluate("--boxes", "coco.json", metrics: "hit")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains {
        $0.hasPrefix("gradcam: coco.json: has an annotation of category 7, which it does not list (categories, ")
      })
  }

  @Test func `An image that is named twice is told`() throws {
    let image = "\(Self.models)/images/opacity-01.jpg"
    let outcome = try evaluate(image, metrics: "complexity")
    #expect(warns(outcome, "is named twice, and counts twice in all means"), "\(outcome.errors)")
  }
}
