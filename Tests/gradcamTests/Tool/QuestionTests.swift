import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// What a map explains is told wherever the map is: in its name, its line, its record, its picture and its texts.
@Suite struct QuestionTests {
  /// The demo model, and a drawing of which it says `normal`, its evidence for `opacity` next to nothing.
  private func demo(_ images: String...) throws -> Workplace {
    let folder = Workplace()
    for name in images.map({ "images/\($0).jpg" }) + ["demo-xray.bin"] {
      let path = Fixture.repository.appending(FilePath("models/\(name)")).description
      folder.put(try #require(FileManager.default.contents(atPath: path)), as: (name as NSString).lastPathComponent)
    }
    return folder
  }

  private func texts(_ file: [UInt8]?) -> String { String(decoding: (file ?? []).prefix(4096), as: UTF8.self) }

  @Test func `Runs of different questions leave different files`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let questions: [[String]] = [
      [], ["--counterfactual"], ["-t", "negative"], ["-t", "negative", "--against", "positive"],
      ["-l", "resnet_blocks.3"],
      ["-l", "resnet_blocks.4"], ["-t", "negative", "--counterfactual"], ["--signed"], ["-m", "layercam"],
      ["-l", "resnet_blocks.3,resnet_blocks.4", "--fuse", "max"],
      ["-l", "resnet_blocks.3,resnet_blocks.4", "--fuse", "mean"],
    ]
    for words in questions {
      let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "-d", "o", "--quiet"] + words, in: folder)
      #expect(outcome.status == 0)
    }
    #expect(
      folder.made == [
        "o/photo.against.gradcam.png", "o/photo.gradcam.png", "o/photo.layercam.png",
        "o/photo.negative.against.gradcam.png", "o/photo.negative.gradcam.png",
        "o/photo.negative.rather-than-positive.gradcam.png",
        "o/photo.resnet_blocks.3+resnet_blocks.4.fused-max.gradcam.png",
        "o/photo.resnet_blocks.3+resnet_blocks.4.fused-mean.gradcam.png", "o/photo.resnet_blocks.3.gradcam.png",
        "o/photo.resnet_blocks.4.gradcam.png", "o/photo.signed.gradcam.png",
      ])
  }

  @Test func `A counterfactual is told everywhere`() throws {
    let folder = try demo("opacity-01")
    let run = ["explain", "opacity-01.jpg", "-w", "demo-xray.bin", "--counterfactual", "--heatmap", "h.png"]
    let line = try Tool.run(run, in: folder)
    #expect(
      line.text.hasPrefix(
        "opacity-01.against.gradcam.png  opacity 99.9 %  map: evidence against opacity; evidence for it is "))
    #expect(line.text.hasSuffix(" ms\n"))
    let map = try JSON(Tool.run(run + ["--jsonl"], in: folder).text)["maps"][0]
    #expect(map["mode"].text == "against" && map["target"]["label"].text == "opacity" && !map.keys.contains("against"))
    for name in ["opacity-01.against.gradcam.png", "h.png"] {
      let texts = texts(folder.bytes(name))
      #expect(texts.contains("mode\0against") && texts.contains("explains\0evidence against opacity"), "\(name)")
    }
    let table = try Tool.run(run + ["--csv"], in: folder).lines
    #expect(table[0].contains(",mode,against,positive_share,") && table[1].contains(",against,,0."))
  }

  @Test func `Methods that know no class say so in records, and no others do`() throws {
    let folder = Workplace("photo.jpg")
    let model = Fixture.folder.appending(FilePath("tokens/token-current.onnx")).description
    let classless = ["attention", "rollout", "eigencam", "kpcacam", "fem", "randomcam"]
    let others = ["gradcam", "chefer", "legrad", "gradrollout", "vitreciprocam", "saliency", "scorecam"]
    let methods = (classless + others).joined(separator: ",")
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", model, "-m", methods, "--jsonl", "--quiet"], in: folder)
    var seen: Set<String> = []
    for index in 0..<(classless + others).count {
      let map = try JSON(outcome.text)["maps"][index]
      let method = try #require(map["method"].text)
      seen.insert(method)
      #expect(map["class_agnostic"].number == (classless.contains(method) ? 1 : nil), "\(method)")
      #expect(map.keys.contains("class_agnostic") == classless.contains(method), "\(method)")
    }
    #expect(seen == Set(classless + others))
  }

  @Test func `One class rather than another`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let run = ["explain", "tiny.png", "-w", "cifar.th", "-t", "3", "--against", "5"]
    #expect(try Tool.run(run, in: folder).text.contains("map: evidence for class 3 rather than class 5"))
    let map = try JSON(Tool.run(run + ["--jsonl"], in: folder).text)["maps"][0]
    #expect(map["mode"].text == "rather than" && map["against"]["index"].number == 5 && map["against"]["label"].isNull)
    #expect(folder.made == ["tiny.3.rather-than-5.gradcam.png"])
    #expect(texts(folder.bytes(folder.made[0])).contains("against\0class 5"))
  }

  @Test func `A panel is captioned`() throws {
    let folder = try demo("opacity-01")
    func picture(_ words: String...) throws -> Image {
      let run = ["explain", "opacity-01.jpg", "-w", "demo-xray.bin", "--quiet", "--panel", "-o", "p.png"]
      #expect(try Tool.run(run + words, in: folder).status == 0)
      return try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes("p.png")))).image
    }
    let (plain, against) = (try picture(), try picture("--counterfactual"))
    #expect(plain.height > 256 + 3 * 12 && plain.width == against.width)
    // The line of the map is the second of three of 24 rows each: "evidence for" and "evidence against".
    #expect(plain.samples.suffix(plain.width * 3 * 60) != against.samples.suffix(plain.width * 3 * 60))
  }

  @Test(arguments: ["saliency", "smoothgrad", "vargrad", "fullgrad"])
  func `Magnitudes are no evidence against a class`(_ method: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try Tool.run(
      ["explain", "photo.jpg", "-w", "xray.pth", "-m", method, "--counterfactual"], in: folder)
    #expect(outcome.status == 2 && folder.made == [])
    #expect(
      outcome.errors[0].hasPrefix("gradcam: --counterfactual: \(method) shows magnitudes, which are the same for"))
  }

  @Test func `What is multiplied by faint evidence is faint`() throws {
    let folder = try demo("normal-06")
    let run = ["explain", "normal-06.jpg", "-w", "demo-xray.bin", "-m", "gradcam,guidedgradcam", "--jsonl", "--quiet"]
    let maps = try JSON(try Tool.run(run, in: folder).text)["maps"]
    #expect(maps[0]["verdict"].text == "faint" && maps[1]["verdict"].text == "faint")
    #expect(try Tool.run(run + ["--strict"], in: folder).status == 1)
  }

  @Test func `A module by two names`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let run = ["explain", "tiny.png", "-w", "cifar.th", "--preprocess", "unit", "-l", "layer3,layer3.0", "-d", "o"]
    let outcome = try Tool.run(run, in: folder)
    #expect(
      outcome.status == 2 && outcome.errors.last?.contains("--layer: names layer3.0 twice") == true, "\(outcome.errors)"
    )
  }

  @Test func `Faint evidence is called faint`() throws {
    let folder = try demo("normal-06", "opacity-01")
    let run = ["explain", "normal-06.jpg", "opacity-01.jpg", "-w", "demo-xray.bin", "-d", "o", "--records", "records"]
    let outcome = try Tool.run(run, in: folder)
    #expect(outcome.status == 0)
    #expect(
      outcome.lines[0].contains(
        "  normal 96.5 %  map: evidence for opacity, 3.5 %; evidence against it is 403 times stronger (--signed shows it)  "
          + "[faint]  "))
    #expect(
      outcome.errors[0] == """
        gradcam: warning: normal-06.jpg: faint: the strongest evidence for this class is less than a twentieth of the \
        strongest against it, and may be noise (opacity, resnet_blocks.4)
        """)
    #expect(outcome.errors.last?.hasSuffix("; verdicts: 1 faint, 1 ok") ?? false)
    let map = try JSON(String(try #require(folder.text("records")).split(separator: "\n")[0]))["maps"][0]
    let (least, most) = (try #require(map["map_min"].number), try #require(map["map_max"].number))
    #expect(map["verdict"].text == "faint" && most > 0 && most < -least / 20)
    #expect(abs(try #require(map["positive_share"].number) - most / -least) < 1e-6)
    // It is made again as it was, passed over as what is done, and told where the record says otherwise.
    #expect(try folder.run("verify", "records").status == 0)
    #expect(try Tool.run(run + ["--resume"], in: folder).text == "")
    folder.put((folder.text("records") ?? "").replacing(#""verdict":"faint""#, with: #""verdict":"ok""#), as: "records")
    let verified = try folder.run("verify", "records")
    #expect(verified.status == 1 && verified.lines[0].hasSuffix(": differs: its verdict is faint, not ok"))
    let strict = try Tool.run(run + ["--strict", "--quiet"], in: folder)
    #expect(strict.status == 1 && strict.lines.count == 1)
    #expect(strict.errors[0].hasPrefix("gradcam: normal-06.jpg: faint: the strongest evidence for this class"))
    let signed = try Tool.run(run + ["--signed", "--strict", "--quiet", "--jsonl"], in: folder)
    #expect(signed.status == 0 && signed.lines.count == 2)
    #expect(try JSON(signed.lines[0])["maps"][0]["signed"].number == 1 && !map.keys.contains("signed"))
  }

  @Test func `One scale for a run`() throws {
    let folder = try demo("normal-06", "opacity-01")
    let run = [
      "explain", "normal-06.jpg", "opacity-01.jpg", "-w", "demo-xray.bin", "--scale", "0.8", "--heatmap", "{stem}.npy",
      "--records", "records",
    ]
    #expect(try Tool.run(run, in: folder).status == 0)
    let maps = try #require(folder.text("records")).split(separator: "\n").map { try JSON(String($0))["maps"][0] }
    func most(_ stem: String) throws -> Float {
      let file = try #require(folder.bytes("\(stem).npy"))
      return file.suffix(256).withUnsafeBytes { $0.bindMemory(to: Float.self).max() ?? 0 }
    }
    #expect(maps.allSatisfy { $0["scale"].number == 0.8 })
    let (faint, strong) = (try #require(maps[0]["map_max"].number), try #require(maps[1]["map_max"].number))
    #expect(abs(Double(try most("normal-06")) - faint / 0.8) < 1e-6 && faint < 0.01)
    #expect(try most("opacity-01") == 1 && strong > 0.8)
    #expect(texts(folder.bytes("opacity-01.gradcam.png")).contains("scale\u{0}0.8"))
    #expect(try folder.run("verify", "records").status == 0)
  }
}
