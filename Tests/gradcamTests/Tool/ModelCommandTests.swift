import ModelFormats
import Testing

/// `gradcam convert`, `inspect`, `methods` and `colormaps`.
@Suite struct ModelCommandTests {
  /// What is said of a model of ten classes that ends in logits.
  private static let assumption =
    "nothing tells what makes probabilities of the 10 scores; assumed a softmax "
    + "(--activation sigmoid where each class has its own)"

  @Test func `A converted model draws the same pictures`() throws {
    let folder = Workplace("photo.jpg", "xray.pth", "tiny.png", "cifar.th", "gray.pth")
    for (image, model) in [("photo.jpg", "xray.pth"), ("tiny.png", "cifar.th"), ("photo.jpg", "gray.pth")] {
      let converted = try folder.run("convert", model, "-o", "w.bin")
      #expect(converted.status == 0)
      #expect(try folder.run("explain", image, "-w", model, "-o", "source.png").status == 0)
      let outcome = try folder.run("explain", image, "-w", "w.bin", "-o", "converted.png")
      let assumed = model == "cifar.th" ? ["gradcam: w.bin: \(Self.assumption)"] : []
      #expect(outcome.status == 0 && outcome.errors == assumed)
      #expect(folder.picture("converted.png") == folder.picture("source.png"))
      #expect(try folder.run("convert", "w.bin", "-o", "again.bin").status == 0)
      #expect(folder.bytes("again.bin") == folder.bytes("w.bin"))
    }
  }

  @Test func `What a model file carries`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    folder.put((0..<10).map { "class\($0)\n" }.joined(), as: "labels.txt")
    let converted = try folder.run(
      "convert", "cifar.th", "-o", "w.bin", "--labels", "labels.txt", "--layer", "layer2", "--preprocess",
      "unit,resize=40,crop=32")
    #expect(converted.status == 0 && converted.errors == ["gradcam: cifar.th: \(Self.assumption)"])
    #expect(converted.lines == ["w.bin  cifar-resnet:channels=3,classes=10,depth=8,width=4  5,006 parameters"])
    let file = try SafetensorsFile(FileBytes(copying: folder.bytes("w.bin") ?? []))
    #expect(
      file.metadata.keys.sorted() == [
        "format", "gradcam.activation", "gradcam.architecture", "gradcam.digests", "gradcam.format", "gradcam.input",
        "gradcam.labels", "gradcam.layer", "gradcam.notfinite", "gradcam.preprocess",
      ])
    let explained = try folder.run("explain", "tiny.png", "-w", "w.bin", "-t", "class3", "--jsonl")
    let map = try JSON(explained.text)["maps"][0]
    #expect(map["target"]["label"].text == "class3" && map["target"]["index"].number == 3)
    #expect(map["activation_shape"].integers == [1, 8, 16, 16])
    let card = try JSON(try folder.run("inspect", "w.bin", "--json").text)
    #expect(card["format"].text == "gradcam model" && card["layer"].text == "layer2.0")
    #expect(card["labels"].count == 10 && card["outputs"].number == 10)
    #expect(card["activation"].text == "softmax" && card["activation_source"].text == "assumed")
    #expect(card["preprocess_is_assumed"].number == 0)
    let text = try #require(card["preprocess"].text)
    #expect(text.hasPrefix("resize=40,crop=32,"))
  }

  @Test func `The card, for people and for scripts`() throws {
    let folder = Workplace("xray.pth")
    let lines = try folder.run("inspect", "xray.pth").lines
    #expect(lines.contains { $0.wholeMatch(of: /architecture +xray-classifier:nc=3,nf=2/) != nil })
    #expect(lines.contains { $0.wholeMatch(of: /parameters +21,556/) != nil })
    #expect(lines.contains { $0.wholeMatch(of: /input +3×256×256/) != nil })
    #expect(lines.contains { $0.wholeMatch(of: /default layer +resnet_blocks\.4 \(the last residual block\)/) != nil })
    #expect(lines.contains { $0.wholeMatch(of: /activation +sigmoid \(the network ends in it\)/) != nil })
    #expect(lines.contains { $0.hasPrefix("resnet_blocks.4.shortcut.1 ") })
    let card = try JSON(try folder.run("inspect", "xray.pth", "--json").text)
    #expect(card["parameters"].number == 21_556)
    #expect(card["input"].integers == [3, 256, 256])
    let module = card["modules"][0]
    #expect(module.keys == ["kind", "map_shape", "multiply_adds", "output_shape", "parameters", "path"])
    #expect(module["map_shape"].integers == [8, 8])
    #expect(module["path"].text == "resnet_blocks" && module["output_shape"].integers == [1, 32, 8, 8])
  }

  @Test func `Every module that the card lists can be explained, or says why not`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let card = try JSON(try folder.run("inspect", "cifar.th", "--json").text)
    for index in 0..<card["modules"].count {
      let path = try #require(card["modules"][index]["path"].text)
      let shape = try #require(card["modules"][index]["output_shape"].integers)
      let outcome = try folder.run("explain", "tiny.png", "-w", "cifar.th", "-l", path, "-o", "x.png", "--quiet")
      #expect(outcome.status == (shape.count == 4 && shape[2] > 1 ? 0 : 2), "\(path)")
    }
  }

  @Test func `Methods and colour maps`() throws {
    let folder = Workplace()
    let gradcam = try folder.run("methods").lines.first { $0.hasPrefix("gradcam ") }
    let columns = gradcam?.split(separator: "  ").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    #expect(columns == ["gradcam", "gradients", "Selvaraju et al. 2017, arXiv 1610.02391"])
    let maps = try folder.run("colormaps").lines.map { $0.prefix { $0 != " " } }
    #expect(Set(maps) == ["jet", "turbo", "viridis", "inferno", "magma", "gray", "bwr", "rwg", "jet-opencv"])
  }
}
