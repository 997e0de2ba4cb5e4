import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// `--fast-decode`.
@Suite struct FastDecodeTests {
  /// The demo model and its images, as users have them.
  private static let models = "\(Fixture.repository)/models"
  private static let demo = "\(models)/demo-xray.bin"

  /// The mean difference of two dumps' inputs in levels, where preprocessing divides by `std`.
  private func difference(_ folder: Workplace, _ one: String, _ other: String, std: Double) throws -> Double {
    let (one, other) = (try folder.dump(one).tensor("input"), try folder.dump(other).tensor("input"))
    let sum = zip(one.logical(), other.logical()).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
    return sum / Double(one.count) * std * 255
  }

  @Test(arguments: ["normal-01", "normal-05", "opacity-02", "opacity-03"])
  func `The input differs a little, the answer does not`(_ name: String) throws {
    let folder = Workplace()
    func record(_ words: String...) throws -> JSON {
      let line = ["explain", "\(Self.models)/images/\(name).jpg", "-w", Self.demo, "--jsonl", "--quiet"]
      return try JSON(try Tool.run(line + words, in: folder).text)
    }
    let exact = try record("--dump", "exact")
    let fast = try record("--dump", "fast", "--fast-decode")
    for key in ["width", "height"] { #expect(exact[key].number == fast[key].number) }
    let (p, q) = (exact["prediction"][0], fast["prediction"][0])
    #expect(p["label"].text == q["label"].text)
    #expect(abs(try #require(p["probability"].number) - (try #require(q["probability"].number))) < 0.1)
    #expect(exact["maps"][0]["verdict"].text == fast["maps"][0]["verdict"].text)
    let levels = try difference(folder, "exact", "fast", std: 0.5)
    #expect(levels > 0 && levels < 4)
  }

  @Test(arguments: ["photo.jpg", "rotated.jpg", "cmyk.jpg", "gray.jpg"])
  func `Turned, gray and CMYK photographs`(_ image: String) throws {
    let folder = Workplace(image, "cifar.th")
    #expect(try folder.run("explain", image, "-w", "cifar.th", "--dump", "exact").status == 0)
    #expect(try folder.run("explain", image, "-w", "cifar.th", "--dump", "fast", "--fast-decode").status == 0)
    let levels = try difference(folder, "exact", "fast", std: 0.226)
    #expect(levels > 0 && levels < 4)
  }

  @Test(arguments: [
    ["photo.jpg", "xray.pth"], ["tiny.png", "cifar.th"], ["deep.png", "cifar.th"],
    ["photo.jpg", "cifar.th", "--canvas", "original"], ["photo.jpg", "cifar.th", "--canvas", "original", "--panel"],
    ["photo.jpg", "cifar.th", "--preprocess", "imagenet,resize=32,crop=32,interpolation=nearest"],
  ])
  func `No difference where the whole is needed: small images, PNG, the whole image drawn on`(
    _ words: [String]
  ) throws {
    let folder = Workplace(words[0], words[1])
    let line = ["explain", words[0], "-w", words[1]] + words.dropFirst(2)
    #expect(try Tool.run(line + ["-o", "exact.png"], in: folder).status == 0)
    #expect(try Tool.run(line + ["-o", "fast.png", "--fast-decode"], in: folder).status == 0)
    #expect(folder.bytes("exact.png") == folder.bytes("fast.png"))
  }

  @Test func `Bad files fail with the same words`() throws {
    let folder = Workplace("cifar.th")
    let photo = Workplace.fixture("photo.jpg")
    for count in [0, 1, 2, 20, 300, photo.count / 2, photo.count - 1] {
      folder.put(photo.prefix(count), as: "cut-\(count).jpg")
    }
    folder.put("hello\n", as: "text.jpg")
    let exact = try folder.run("explain", ".", "-w", "cifar.th", "--quiet", "-j", "1")
    let fast = try folder.run("explain", ".", "-w", "cifar.th", "--quiet", "-j", "1", "--fast-decode")
    #expect(exact.status == 1 && fast.status == 1)
    #expect(fast.errors == exact.errors && !fast.errors.isEmpty)
    #expect(fast.lines.count == exact.lines.count && fast.lines.count == 2)
  }
}
