import Testing

/// `--preprocess` and `--input-shape`, in every command that takes them.
@Suite struct PreprocessTests {
  /// A model file that says how its images are prepared, other than anybody would assume.
  private func workplace() throws -> Workplace {
    let folder = Workplace("tiny.png", "cifar.th", "photo.jpg", "xray.pth")
    let said = "resize=40,crop=32,mean=0.1/0.2/0.3,std=0.4"
    let words = ["convert", "cifar.th", "-o", "w.bin", "--activation", "softmax", "--preprocess", said]
    #expect(try Tool.run(words, in: folder).status == 0)
    return folder
  }

  private static let tail = ",interpolation=bilinear,scale=255,mean=0.1/0.2/0.3,std=0.4"

  /// What is typed, what comes of it, and the lines that tell of it.
  private static let cases: [(options: [String], preprocess: String, notes: [String])] = [
    ([], "resize=40,crop=32\(tail)", []),
    (["--preprocess", "resize=36"], "resize=36,crop=32\(tail)", []),
    (
      ["--preprocess", "std=0.5,interpolation=bicubic"],
      "resize=40,crop=32,interpolation=bicubic,scale=255,mean=0.1/0.2/0.3,std=0.5", []
    ),
    (["--preprocess", "half"], "resize=256,crop=256,interpolation=bilinear,scale=255,mean=0.5,std=0.5", []),
    (
      ["--input-shape", "3x64x64"], "resize=80,crop=64\(tail)",
      ["--preprocess fits itself to --input-shape 64×64: resize=80,crop=64"]
    ),
    (
      ["--input-shape", "3x64x64", "--preprocess", "mean=0"],
      "resize=80,crop=64,interpolation=bilinear,scale=255,mean=0,std=0.4",
      ["--preprocess fits itself to --input-shape 64×64: resize=80,crop=64"]
    ),
    (
      ["--input-shape", "3x48x48", "--preprocess", "imagenet"],
      "resize=55,crop=48,interpolation=bilinear,scale=255,mean=0.485/0.456/0.406,std=0.229/0.224/0.225",
      ["--preprocess imagenet fits itself to the model's 48×48: resize=55,crop=48"]
    ),
    (
      ["--preprocess", "crop=48"], "resize=40,crop=48\(tail)",
      ["--preprocess leaves black borders: the crop is larger than the picture (resize=40,crop=48)"]
    ),
  ]

  @Test(arguments: cases) func `Every command changes what the file says`(
    options: [String], preprocess: String, notes: [String]
  ) throws {
    let folder = try workplace()
    let lines = notes.map { "gradcam: w.bin: \($0)" }
    let explained = try Tool.run(["explain", "tiny.png", "-w", "w.bin", "--jsonl"] + options, in: folder)
    let record = try JSON(explained.text)
    let recorded = record["preprocess"].text?.replacing(",channels=rgb", with: "")
    #expect(recorded?.hasPrefix(preprocess) ?? false && explained.errors == lines)
    #expect(record["assumed"].count == 0)
    let inspected = try Tool.run(["inspect", "w.bin", "--json"] + options, in: folder)
    #expect(try JSON(inspected.text)["preprocess"].text == preprocess && inspected.errors == lines)
    let converted = try Tool.run(["convert", "w.bin", "-o", "again.bin"] + options, in: folder)
    #expect(converted.status == 0 && converted.errors == lines)
    #expect(try JSON(try folder.run("inspect", "again.bin", "--json").text)["preprocess"].text == preprocess)
    let timed = try Tool.run(["bench", "w.bin", "tiny.png", "--runs", "1"] + options, in: folder)
    #expect(timed.status == 0 && timed.errors == lines)
  }

  @Test func `What is assumed changes key by key, until nothing is left of it`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    func explain(_ specification: String) throws -> (assumed: Int, preprocess: String, errors: [String]) {
      let words = ["explain", "tiny.png", "-w", "cifar.th", "--jsonl", "--activation", "softmax", "--preprocess"]
      let outcome = try Tool.run(words + [specification], in: folder)
      let record = try JSON(outcome.text)
      return (record["assumed"].count, record["preprocess"].text ?? "", outcome.errors)
    }
    let one = try explain("std=1")
    #expect(one.assumed == 1)
    #expect(
      one.preprocess.hasPrefix(
        "resize=32,crop=32,interpolation=bilinear,channels=rgb,scale=255,mean=0.485/0.456/0.406,std=1"))
    #expect(
      one.errors == [
        """
        gradcam: cifar.th: the file says nothing of preprocessing; assumed --preprocess imagenet,resize=32,crop=32, \
        as usual for cifar-resnet, where --preprocess does not say
        """
      ])
    let all = try explain("resize=36,crop=32,mean=0,std=1")
    #expect(all.assumed == 0 && all.errors == [])
    let preset = try explain("unit")
    #expect(preset.assumed == 0 && preset.errors == [] && preset.preprocess.contains("resize=32,crop=32"))
  }

  @Test func `A preset fits itself to a fixed input`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.run("explain", "photo.jpg", "-w", "xray.pth", "--preprocess", "imagenet", "--jsonl")
    #expect(
      outcome.errors == [
        "gradcam: xray.pth: --preprocess imagenet fits itself to the model's 256×256: resize=293,crop=256"
      ])
    #expect(try JSON(outcome.text)["preprocess"].text?.hasPrefix("resize=293,crop=256,") ?? false)
    let typed = try folder.run(
      "explain", "photo.jpg", "-w", "xray.pth", "--preprocess", "imagenet,resize=300,crop=256", "--quiet")
    #expect(typed.status == 0 && typed.errors == [])
  }

  @Test func `Records of changed keys are verified, and resumed by what they come to`() throws {
    let folder = try workplace()
    func explain(_ specification: String) throws -> [String] {
      let words = ["explain", "tiny.png", "-w", "w.bin", "--records", "records", "--resume"]
      return try Tool.run(words + ["--preprocess", specification], in: folder).lines
    }
    #expect(try explain("resize=36").count == 1)
    #expect(try explain("resize=36").isEmpty)
    #expect(try explain("resize=38").count == 1)
    let verified = try folder.run("verify", "records")
    #expect(verified.status == 0)
    #expect(verified.lines.last == "2 same, 0 agrees, 0 differs, 0 not verified, 0 failed before")
  }
}
