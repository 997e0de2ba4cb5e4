import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// The records of `--json` and `--jsonl`, against numbers worked out from the dump.
@Suite struct RecordContentTests {
  private func record(_ folder: Workplace, _ words: String...) throws -> JSON {
    let outcome = try Tool.run(["explain", "-w", "xray.pth", "--jsonl"] + words, in: folder)
    #expect(outcome.status == 0)
    return try JSON(outcome.text)
  }

  @Test func `Keys and values`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let record = try record(folder, "photo.jpg", "--dump", "d", "--heatmap", "h.npy")
    #expect(
      record.keys == [
        "activation", "activation_source", "assumed", "canvas", "height", "image", "image_bytes", "image_modified",
        "image_sha256", "maps", "milliseconds", "model",
        "model_sha256", "options", "prediction", "preprocess", "processor", "recipe", "seen", "version", "width",
      ])
    #expect(record["activation"].text == "sigmoid" && record["activation_source"].text == "graph")
    #expect(record["image"].text == "photo.jpg" && record["model"].text == "xray.pth")
    #expect(record["width"].number == 120 && record["height"].number == 90)
    let output = Double(try folder.dump("d").tensor("output").logical()[0])
    let (first, second) = (record["prediction"][0], record["prediction"][1])
    #expect(first.keys == ["index", "label", "logit", "probability"])
    #expect(first["label"].text == "positive" && first["index"].number == 1)
    #expect(second["label"].text == "negative" && second["index"].number == 0)
    let (p, q) = (try #require(first["probability"].number), try #require(second["probability"].number))
    #expect(abs(p - output) < 1e-6 && abs(p + q - 1) < 1e-6)
    let logit = try #require(first["logit"].number)
    #expect(abs(1 / (1 + exp(-logit)) - p) < 1e-6)
    let map = record["maps"][0]
    #expect(
      map.keys == [
        "activation_shape", "border", "digest", "dump", "dump_bytes", "dump_sha256", "entropy", "heatmap",
        "heatmap_bytes", "heatmap_sha256", "layer", "map_max", "map_min", "map_shape", "method", "mode", "output",
        "output_bytes", "output_sha256", "positive_share", "score", "target", "verdict",
      ])
    for (name, file) in [("output", "photo.gradcam.png"), ("heatmap", "h.npy"), ("dump", "d")] {
      let bytes = try #require(folder.bytes(file))
      #expect(map[name].text == file && map["\(name)_bytes"].number == Double(bytes.count))
      #expect(map["\(name)_sha256"].text == SHA256.digest(of: bytes))
    }
    #expect(map["method"].text == "gradcam" && map["layer"].text == "resnet_blocks.4" && map["verdict"].text == "ok")
    #expect(map["target"]["index"].number == 1 && map["target"]["label"].text == "positive")
    #expect(map["activation_shape"].integers == [1, 32, 8, 8] && map["map_shape"].integers == [8, 8])
    #expect(map["output"].text == "photo.gradcam.png" && map["heatmap"].text == "h.npy")
    #expect(map["score"].number == logit)
  }

  /// The photo has 120×90 pixels, and the model takes 256×256.
  private static let seen: [(specification: String, rectangle: [Double])] = [
    ("resize=256x256,crop=none", [0, 0, 120, 90]),
    ("resize=256,crop=256", [14.780059, 0, 90.08798, 90]),
    ("resize=none,crop=256", [-68, -83, 256, 256]),
  ]

  @Test(arguments: seen) func `The rectangle that the model saw`(_ specification: String, _ rectangle: [Double]) throws
  {
    let folder = Workplace("photo.jpg", "xray.pth")
    let seen = try record(folder, "photo.jpg", "--preprocess", specification)["seen"]
    #expect(seen.count == 4)
    for (index, expected) in rectangle.enumerated() {
      #expect(abs(try #require(seen[index].number) - expected) < 1e-4)
    }
  }

  @Test func `Border, entropy and extremes, worked out by hand`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let map = try record(folder, "photo.jpg", "--dump", "d")["maps"][0]
    let dump = try folder.dump("d")
    let cam = try dump.tensor("cam").logical().map(Double.init)
    let sum = cam.reduce(0, +)
    let inner = (1..<7).flatMap { y in (1..<7).map { x in cam[y * 8 + x] } }.reduce(0, +)
    let entropy = -cam.filter { $0 > 0 }.reduce(0) { $0 + $1 / sum * log($1 / sum) } / log(64)
    #expect(abs(try #require(map["border"].number) - (sum - inner) / sum) < 1e-5)
    #expect(abs(try #require(map["entropy"].number) - entropy) < 1e-5)
    let (activations, gradients) = (try dump.tensor("activations").logical(), try dump.tensor("gradients").logical())
    let raw = (0..<64).map { position in
      (0..<32).reduce(0.0) { total, k in
        let weight = gradients[k * 64..<(k + 1) * 64].reduce(0.0) { $0 + Double($1) } / 64
        return total + weight * Double(activations[k * 64 + position])
      }
    }
    let (least, most) = (try #require(raw.min()), try #require(raw.max()))
    #expect(abs(try #require(map["map_min"].number) - least) < 1e-6)
    #expect(abs(try #require(map["map_max"].number) - most) < 1e-6)
    #expect(least < 0 && cam.min() == 0)
    #expect(abs(try #require(map["positive_share"].number) - most / max(most, -least)) < 1e-6)
  }

  @Test func `The negative class explains minus the score`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let maps = try record(folder, "photo.jpg", "-t", "all")["maps"]
    #expect(maps.count == 2)
    let (negative, positive) = (maps[0], maps[1])
    #expect(negative["target"]["label"].text == "negative")
    #expect(negative["score"].number == positive["score"].number.map { -$0 })
    #expect(negative["map_max"].number == positive["map_min"].number.map { -$0 })
    #expect(negative["output"].text == "photo.negative.gradcam.png")
    #expect(folder.made == ["photo.negative.gradcam.png", "photo.positive.gradcam.png"])
  }

  @Test func `An array, and none`() throws {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let two = try folder.run("explain", "photo.jpg", "gray.jpg", "-w", "xray.pth", "--json")
    #expect(try JSON(two.text).count == 2)
    folder.makeFolder("empty")
    let none = try folder.run("explain", "empty", "-w", "xray.pth", "--json")
    #expect(none.status == 0 && none.text == "[]\n")
    #expect(none.errors == ["gradcam: warning: empty: holds no image"])
    let strict = try folder.run("explain", "empty", "photo.jpg", "-w", "xray.pth", "--strict")
    #expect(strict.status == 1 && strict.errors.contains("gradcam: empty: holds no image"), "\(strict.errors)")
  }

  /// What a map tells of classes, and of the last attention.
  @Test func `Methods of attention`() throws {
    let folder = Workplace("photo.jpg")
    let model = Fixture.folder.appending(FilePath("tokens/token-old.onnx")).description
    let outcome = try folder.run(
      "explain", "photo.jpg", "-w", model, "--preprocess", "unit", "--jsonl", "-d", "o", "-m",
      "attention,rollout,gradrollout,chefer,legrad,gradcam,eigencam,vitreciprocam")
    let maps = try JSON(outcome.text)["maps"]
    #expect(maps.count == 8)
    for index in 0..<maps.count {
      let map = maps[index]
      let name = try #require(map["method"].text)
      let knowsClass = !["attention", "rollout", "eigencam"].contains(name)
      #expect(map.keys.contains("class_agnostic") == !knowsClass, "\(name)")
      let isAttention = map["layer"].text == "attention"
      #expect(map["activation_shape"].integers == (isAttention ? [1, 2, 26, 26] : [1, 26, 8]), "\(name)")
      #expect(map["map_shape"].integers == [4, 6], "\(name)")
    }
  }

  @Test func `Evidence of attention is refused`() throws {
    let folder = Workplace("photo.jpg")
    let model = Fixture.folder.appending(FilePath("tokens/token-old.onnx")).description
    let outcome = try folder.run("explain", "photo.jpg", "-w", model, "-m", "chefer", "--dump", "d")
    #expect(
      outcome.status == 2
        && outcome.errors == [
          "gradcam: --dump: holds what one layer gave, and chefer shows attention (--heatmap FILE for its map)"
        ])
  }
}
