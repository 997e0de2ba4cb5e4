import Foundation
import ModelFormats
import TestSupport
import Testing

/// `gradcam verify`.
@Suite struct VerifyTests {
  private func verify(_ folder: Workplace, _ words: String...) throws -> (status: Int32, lines: [String]) {
    let outcome = try Tool.run(["verify", "records"] + words, in: folder)
    return (outcome.status, outcome.lines)
  }

  private func record(_ folder: Workplace, _ words: String...) throws {
    let line = ["explain", "photo.jpg", "gray.jpg", "-w", "xray.pth", "-d", "o", "--records", "records"] + words
    #expect(try Tool.run(line, in: folder).status != 2)
  }

  private static let options: [[String]] = [
    [], ["-m", "gradcam++,layercam,saliency", "-t", "0", "-t", "1"],
    ["-l", "resnet_blocks.3,resnet_blocks.4", "--fuse", "mean"],
    ["-m", "smoothgrad", "--seed", "7", "--samples", "3"], ["-m", "rise,smoothgrad", "--budget", "0.05"],
    ["--signed", "--engine", "im2col"],
    ["--preprocess", "half,mean=0.4", "--no-orient", "--fast-decode"], ["-m", "occlusion", "--normalize", "none"],
  ]

  @Test(arguments: options) func `What was recorded is made again`(_ words: [String]) throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let line = ["explain", "photo.jpg", "gray.jpg", "-w", "xray.pth", "-d", "o", "--records", "records"] + words
    #expect(try Tool.run(line, in: folder).status == 0)
    let maps = try (folder.text("records") ?? "").split(separator: "\n").reduce(0) {
      try $0 + JSON(String($1))["maps"].count
    }
    let outcome = try verify(folder, "--verbose")
    #expect(outcome.status == 0 && outcome.lines.count == maps + 1)
    #expect(
      outcome.lines.last == "\(maps) same, 0 agrees, 0 differs, 0 not verified, 0 failed before")
  }

  @Test func `Damaged records are told by their images`() throws {
    let folder = Workplace()
    let damaged = [#"{"image":"b","maps":null}"#, #"{"image":"c","maps":[{"output":3}]}"#, "junk"]
    folder.put(damaged.joined(separator: "\n"), as: "records")
    let outcome = try verify(folder)
    let lacking = "the record lacks what verifying takes (one of this version of gradcam)"
    #expect(
      outcome.lines == [
        "b: not verified: records: line 1: \(lacking)", "c: not verified: records: line 2: \(lacking)",
        "records: line 3: is no record", "0 same, 0 agrees, 0 differs, 3 not verified, 0 failed before",
      ])
  }

  @Test func `What changed since`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    try record(folder)
    let good = try #require(folder.text("records"))
    folder.put(good.replacing(#""sha256":""#, with: #""sha256":"0"#), as: "records")
    // The recorded digest is another, and the recorded numbers are the same: the last bit differs, on this kind of processor.
    let bit = try verify(folder)
    #expect(bit.status == 1 && bit.lines[0].hasPrefix("photo.jpg: gradcam resnet_blocks.4 positive: differs by 0.0 of"))
    let elsewhere = folder.text("records")?.replacing(#/"processor":"[^"]*"/#, with: #""processor":"another""#)
    folder.put(elsewhere ?? "", as: "records")
    #expect(try verify(folder).lines.last == "0 same, 2 agrees, 0 differs, 0 not verified, 0 failed before")
    folder.put(
      good.replacing(#""grid":"A"#, with: #""grid":"B"#).replacing(#""sha256":""#, with: #""sha256":"0"#), as: "records"
    )
    #expect(try verify(folder).status == 1)
  }

  @Test func `Another image, another model, and what is no record`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    try record(folder, "missing.jpg")
    folder.put((folder.text("records") ?? "") + "{}\n", as: "records")
    folder.put(Workplace.fixture("photo.jpg"), as: "gray.jpg")
    let outcome = try verify(folder)
    #expect(outcome.status == 1)
    #expect(outcome.lines[0].hasPrefix("gray.jpg: not verified: the image is not the one that was explained (sha256 "))
    #expect(outcome.lines[1] == "missing.jpg: failed before")
    #expect(outcome.lines[2] == "records: line 4: is no record")
    #expect(outcome.lines[3] == "1 same, 0 agrees, 0 differs, 2 not verified, 1 failed before")
    try folder.putModel("other.pth", head: { $0 * 2 })
    let other = try verify(folder, "-w", "other.pth")
    #expect(other.lines[0].hasPrefix("photo.jpg: not verified: other.pth: is not the model that explained it (sha256 "))
    let missing = try folder.run("verify", "nowhere")
    #expect(missing.status == 2 && missing.errors == ["gradcam: nowhere: no such file"])
    let none = try folder.run("verify")
    #expect(
      none.status == 2 && none.errors == ["gradcam: verify: no records are named (gradcam verify [OPTIONS] RECORDS...)"]
    )
  }

  private static let attention: [[String]] = [
    ["chefer,vitreciprocam"], ["rollout,vitreciprocam"], ["legrad,chefer,gradrollout"],
    ["attention,rollout,eigencam,gradcam", "--head-fusion", "max", "--aug-smooth"],
    ["rollout,gradrollout", "--discard-ratio", "0.5", "-t", "all"],
    ["chefer,smoothgradcam++,rise,rollout", "--budget", "0.05"], ["eigencam", "--dump", "d"],
  ]

  /// Hooks part what a transformer computes in one step otherwise: last bits depend on which there are.
  @Test(arguments: attention) func `Maps of transformers are made again`(_ words: [String]) throws {
    let folder = Workplace("photo.jpg")
    let model = Fixture.folder.appending(FilePath("tokens/token-old.onnx")).description
    let line = ["explain", "photo.jpg", "-w", model, "--preprocess", "unit", "--records", "records", "-m"] + words
    #expect(try Tool.run(line, in: folder).status == 0)
    let outcome = try verify(folder)
    #expect(outcome.status == 0 && outcome.lines.last?.contains(" 0 agrees, 0 differs, 0 not") ?? false, "\(outcome)")
  }
}
