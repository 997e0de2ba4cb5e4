import GradCAMCore
import Testing

/// `gradcam bench`: what it prints and refuses; how long anything takes is no matter for a test.
@Suite struct BenchTests {
  @Test func `One object with every figure`() throws {
    let folder = Workplace("xray.pth")
    let outcome = try folder.run("bench", "xray.pth", "--runs", "2", "--threads", "1", "--json", "--quiet")
    #expect(outcome.status == 0 && outcome.errors == [] && outcome.lines.count == 1)
    let report = try JSON(outcome.text)
    #expect(
      report.keys == [
        "explain_ms", "forward_images_per_second", "forward_ms", "images_per_second", "input", "jobs", "layer",
        "load_ms", "model", "peak_rss_mb", "runs", "threads",
      ])
    #expect(report["model"].text == "xray.pth" && report["layer"].text == "resnet_blocks.4")
    #expect(report["input"].integers == [1, 3, 256, 256])
    #expect(report["runs"].number == 2 && report["jobs"].number == 1 && report["threads"].number == 1)
    for phase in ["explain_ms", "forward_ms"] {
      let (median, minimum) = (report[phase]["median"].number ?? 0, report[phase]["minimum"].number ?? 0)
      #expect(minimum > 0 && median >= minimum)
    }
    #expect((report["images_per_second"].number ?? 0) > 0 && (report["peak_rss_mb"].number ?? 0) > 0)
    #expect(folder.made == [])
  }

  @Test func `Several jobs, another layer, an image of its own`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.run(
      "bench", "xray.pth", "photo.jpg", "-j3", "--threads=1", "--runs=1", "-l", "resnet_blocks.-2", "--engine",
      "im2col", "--json", "--quiet")
    #expect(outcome.status == 0)
    let report = try JSON(outcome.text)
    #expect(report["jobs"].number == 3 && report["runs"].number == 1)
    #expect(report["layer"].text == "resnet_blocks.3")
  }

  @Test func `The stages of an image`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.run("bench", "xray.pth", "photo.jpg", "--stages", "--runs", "2", "--json", "--quiet")
    let report = try JSON(outcome.text)
    #expect(outcome.status == 0)
    #expect(report.keys == ["decode_ms", "draw_ms", "encode_ms", "engine_ms", "preprocess_ms"])
    for key in report.keys { #expect((report[key].number ?? 0) > 0) }
    let lines = try folder.run("bench", "xray.pth", "photo.jpg", "--stages", "--runs", "1").lines
    #expect(lines.count == 6 && lines.last?.hasSuffix(" ms for one image on one core") == true)
    let none = try folder.run("bench", "xray.pth", "--stages")
    #expect(none.status == 2)
    #expect(
      none.errors == [
        "gradcam: --stages: begins with decoding an image, and none is named (bench MODEL IMAGE --stages)"
      ])
  }

  @Test func `Lines for people`() throws {
    let outcome = try Workplace("gray.pth").run("bench", "gray.pth", "--runs", "1")
    #expect(outcome.status == 0 && outcome.lines.count == 4)
    #expect(outcome.lines.first?.hasPrefix("gray.pth: resnet_blocks.4, 1 job(s) of ") == true)
    #expect(outcome.lines[2].hasPrefix("explain  ") && outcome.lines[3].hasPrefix("forward  "))
  }

  @Test func `Every step of the plan`() throws {
    let folder = Workplace("xray.pth")
    let steps = try JSON(try folder.run("bench", "xray.pth", "--layers", "--runs", "1", "--json", "--quiet").text)
    #expect(steps.count == 18)
    #expect(steps[2]["layer"].text == "resnet_blocks.0.conv2" && steps[2]["kind"].text == "Conv2d")
    #expect(steps[2]["shape"].integers == [1, 2, 128, 128])
    #expect(steps[2]["milliseconds_by_algorithm"].keys == ["f23", "f43", "im2col", "panels"])
    #expect((steps[2]["milliseconds"].number ?? 0) > 0 && (steps[2]["gflops"].number ?? 0) > 0)
    let lines = try folder.run("bench", "xray.pth", "--layers", "--runs", "1", "--quiet").lines
    #expect(lines.count == 20 && lines.first?.hasPrefix("layer ") == true && lines.last?.hasPrefix("18 steps") == true)
  }

  @Test(arguments: [
    (["bench"], "bench: no model is named (gradcam bench [OPTIONS] MODEL [IMAGE])"),
    (["bench", "a", "b", "c"], "c: is one operand too many (gradcam bench [OPTIONS] MODEL [IMAGE])"),
    (["bench", "xray.pth", "--runs", "0"], "--runs: '0' is out of range (a whole number from 1 to 1000000)"),
    (["bench", "xray.pth", "--target", "1"], "--target: is not an option of bench (explain takes it)"),
    (["bench", "missing.bin"], "missing.bin: no such file"),
    (["bench", "xray.pth", "missing.jpg"], "missing.jpg: no such file"),
    (
      ["bench", "xray.pth", "-l", "classifier.2"],
      "--layer: classifier.2 has no spatial extent (its output is [1, 1, 1, 1]) (a layer before pooling, such as resnet_blocks.4)"
    ),
  ])
  func `What it refuses`(_ words: [String], _ line: String) throws {
    let folder = Workplace("xray.pth")
    let outcome = try Tool.run(words + ["--quiet"], in: folder)
    #expect(outcome.status == 2 && outcome.output == [])
    #expect(outcome.errors == ["gradcam: \(line)"])
  }

  @Test func `It is not in the overview`() throws {
    let folder = Workplace()
    #expect(!(try folder.run("--help").text.contains("bench")))
    #expect(try folder.run("help", "bench").lines.first == "gradcam bench: time a model in one warm process")
  }

  @Test func `Every level of inner loops that the processor can do is measured`() throws {
    let folder = Workplace("xray.pth")
    for level in VectorLevel.allCases where level.isAvailable {
      let outcome = try folder.run("bench", "xray.pth", "--vectors", level.rawValue, "--runs", "1", "--threads", "1")
      #expect(outcome.status == 0 && outcome.lines.last?.hasPrefix("forward") == true, "\(level): \(outcome.errors)")
    }
    #expect(VectorLevel.auto.isAvailable && VectorLevel.baseline.isAvailable)
  }
}
