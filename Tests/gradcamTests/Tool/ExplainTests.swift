import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// What `gradcam explain` prints and writes.
@Suite struct ExplainTests {
  private static let expected = try? Fixture("cli/expected")

  private func check(_ dump: Fixture, _ name: String) throws {
    let expected = try #require(Self.expected)
    for key in ["output", "activations", "gradients", "cam", "heatmap"] where expected.names.contains("\(name).\(key)")
    {
      let found = try dump.tensor(key)
      expectClose(found.logical(), try expected.tensor("\(name).\(key)").logical(), "\(name).\(key)")
    }
  }

  @Test func `One image: a line, an overlay`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.explain()
    #expect(outcome.status == 0 && outcome.errors == [])
    #expect(outcome.lines.count == 1)
    #expect(outcome.text.wholeMatch(of: /photo\.gradcam\.png  positive 50\.1 %  [0-9.]+ ms\n/) != nil)
    #expect(folder.made == ["photo.gradcam.png"])
    let picture = try ImageDecoder.decode(FileBytes(copying: folder.bytes("photo.gradcam.png") ?? []))
    #expect(picture.isOverlay)
    #expect((picture.image.width, picture.image.height) == (256, 256))
  }

  @Test(arguments: ["photo.jpg", "rotated.jpg", "cmyk.jpg", "gray.jpg", "deep.png"])
  func `PyTorch's numbers from every kind of image`(_ image: String) throws {
    let folder = Workplace(image, "xray.pth")
    let outcome = try folder.run("explain", image, "-w", "xray.pth", "--dump", "d", "-o", "x.png")
    #expect(outcome.status == 0)
    let dump = try folder.dump("d")
    #expect(dump.names == ["activations", "cam", "gradients", "heatmap", "input", "output"])
    #expect(try dump.tensor("input").shape == Shape(1, 3, 256, 256))
    try check(dump, "xray.\(image)")
  }

  @Test func `A one-channel model of half precision, and a CIFAR network in a wrapper`() throws {
    let folder = Workplace("photo.jpg", "gray.pth", "tiny.png", "cifar.th")
    #expect(try folder.run("explain", "photo.jpg", "-w", "gray.pth", "--dump", "g").status == 0)
    try check(try folder.dump("g"), "gray.photo.jpg")
    let outcome = try folder.run("explain", "tiny.png", "-w", "cifar.th", "--dump", "c")
    try check(try folder.dump("c"), "cifar.tiny.png")
    #expect(
      outcome.errors == [
        """
        gradcam: cifar.th: the file says nothing of preprocessing; assumed --preprocess imagenet,resize=32,crop=32, \
        as usual for cifar-resnet
        """,
        """
        gradcam: cifar.th: nothing tells what makes probabilities of the 10 scores; assumed a softmax \
        (--activation sigmoid where each class has its own)
        """,
      ])
    #expect(outcome.text.wholeMatch(of: /tiny\.gradcam\.png  class 4 15\.3 %  [0-9.]+ ms\n/) != nil)
  }

  @Test func `Standard input and output`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let named = try folder.explain()
    let piped = try folder.run("explain", "-", "-w", "xray.pth", "-o", "-", input: "photo.jpg")
    #expect(named.status == 0 && piped.status == 0)
    #expect(piped.output == folder.bytes("photo.gradcam.png"))
    #expect(piped.errors.count == 1 && piped.errors[0].hasPrefix("-  positive 50.1 %  "))
    let line = try folder.run("explain", "-", "-w", "xray.pth", input: "photo.jpg")
    #expect(line.text.hasPrefix("stdin.gradcam.png  positive"))
    #expect(folder.made == ["photo.gradcam.png", "stdin.gradcam.png"])
  }

  @Test func `What the hooks saw`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.explain("--verbose")
    #expect(
      outcome.errors == [
        "forward hook on resnet_blocks.4 (ResNetBlock): activations [1, 32, 8, 8]",
        "backward hook on resnet_blocks.4 (ResNetBlock): gradients [1, 32, 8, 8]",
      ])
  }

  @Test func `EXIF orientation, and without`() throws {
    let folder = Workplace("rotated.jpg", "photo.jpg", "xray.pth")
    let turned = try folder.run("explain", "rotated.jpg", "-w", "xray.pth", "--canvas", "original", "--jsonl")
    let stored = try folder.run("explain", "rotated.jpg", "-w", "xray.pth", "--no-orient", "--jsonl")
    #expect(try JSON(turned.text)["width"].number == 90 && JSON(turned.text)["height"].number == 120)
    #expect(try JSON(stored.text)["width"].number == 120 && JSON(stored.text)["height"].number == 90)
    _ = try folder.explain()
    #expect(folder.picture("rotated.gradcam.png") == folder.picture("photo.gradcam.png"))
  }

  @Test(arguments: [
    ["--threads", "1"], ["--threads", "2"], ["-j", "2"],
  ])
  func `The same picture whatever the way`(_ words: [String]) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    _ = try folder.explain()
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "-o", "x.png"] + words, in: folder)
    #expect(outcome.status == 0)
    #expect(folder.bytes("x.png") == folder.bytes("photo.gradcam.png"))
  }

  /// The plain path sums in another order.
  @Test func `Nearly the same picture from the plain path`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    _ = try folder.explain()
    _ = try folder.explain("-o", "plain.png", "--engine", "im2col")
    let pictures = try ["photo.gradcam.png", "plain.png"].map {
      try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes($0)))).image.samples
    }
    #expect(pictures[0].count == pictures[1].count && !pictures[0].isEmpty)
    let differences = zip(pictures[0], pictures[1]).map { abs(Int($0) - Int($1)) }
    #expect(differences.max() ?? 0 <= 2)
    #expect(differences.count { $0 > 1 } * 1000 <= differences.count)
  }

  @Test func `The gradient of the output is that of the logit times p·(1−p)`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    _ = try folder.explain("--dump", "logit")
    _ = try folder.explain("--dump", "output", "--score", "output")
    let (logit, output) = (try folder.dump("logit"), try folder.dump("output"))
    let p = try output.tensor("output").logical()[0]
    let scaled = try logit.tensor("gradients").logical().map { $0 * p * (1 - p) }
    expectClose(try output.tensor("gradients").logical(), scaled, tolerance: 1e-6)
    expectClose(try output.tensor("heatmap").logical(), try logit.tensor("heatmap").logical(), tolerance: 1e-5)
  }

  @Test func `Jobs change neither bytes nor order`() throws {
    let images = ["photo.jpg", "gray.jpg", "cmyk.jpg", "deep.png", "tiny.png", "missing.jpg", "rotated.jpg"]
    func results(_ jobs: String) throws -> ([String], [[UInt8]?]) {
      let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg", "cmyk.jpg", "deep.png", "tiny.png", "rotated.jpg")
      let outcome = try Tool.run(["explain", "-w", "xray.pth", "-j", jobs, "--jsonl"] + images, in: folder)
      #expect(outcome.status == 1)
      return (
        outcome.lines.map { $0.replacing(/"(milliseconds|image_modified)":[^,]*,/, with: "") },
        folder.made.map(folder.bytes)
      )
    }
    let (one, three) = (try results("1"), try results("3"))
    #expect(one.0 == three.0)
    #expect(one.1 == three.1)
    #expect(try one.0.map { try JSON($0)["image"].text } == images)
  }
}
