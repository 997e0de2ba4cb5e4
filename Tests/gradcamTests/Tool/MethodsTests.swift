import GradCAMCore
import TestSupport
import Testing

/// `--method` and the options about evidence, through the tool.
@Suite struct MethodsTests {
  private func map(_ folder: Workplace, _ words: String...) throws -> JSON {
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "--jsonl", "--quiet"] + words, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(outcome.text)["maps"][0]
  }

  @Test func `Every method is listed, and runs or says why not`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let listing = try folder.run("methods").lines
    #expect(listing.count == CAMMethods.all.count)
    for (line, method) in zip(listing, CAMMethods.all) {
      #expect(line.hasPrefix(method.name) && line.hasSuffix(method.paper) && line.contains("\(method.needs)"))
      let outcome = try folder.run(
        "explain", "photo.jpg", "-w", "xray.pth", "-m", method.name, "-l", "resnet_blocks.3,resnet_blocks.4",
        "--samples",
        "2", "--fuse", "mean", "--quiet")
      let isRefused = ["cam", "finercam", "vitreciprocam"].contains(method.name) || method.needs.contains(.attention)
      let expected: Int32 = isRefused ? 2 : 0
      let needsNoSamples = outcome.errors.first?.hasPrefix("gradcam: --samples: none of the methods draws") ?? false
      if needsNoSamples {
        let again = try folder.run(
          "explain", "photo.jpg", "-w", "xray.pth", "-m", method.name, "-l", "resnet_blocks.3,resnet_blocks.4",
          "--fuse",
          "mean", "--quiet")
        #expect(again.status == expected, "\(method.name): \(again.errors)")
      } else {
        #expect(outcome.status == expected, "\(method.name): \(outcome.errors)")
      }
    }
  }

  @Test func `Records of sampling methods`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let rise = try map(folder, "-m", "rise", "--samples", "6", "--seed", "9")
    #expect(rise["samples"].number == 6 && rise["seed"].number == 9 && (rise["sampling_error"].number ?? 0) > 0)
    #expect(rise["layer"].text == "input" && rise["map_shape"].integers == [256, 256])
    let integrated = try map(folder, "-m", "integratedgradients")
    #expect((integrated["completeness_error"].number ?? 1) < 0.1 && !integrated.keys.contains("seed"))
    let plain = try map(folder)
    #expect(!plain.keys.contains("samples") && !plain.keys.contains("boxes"))
  }

  @Test func `The same bytes for any number of threads`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    for threads in ["1", "2"] {
      _ = try map(
        folder, "-m", "smoothgrad", "--samples", "4", "--threads", threads, "-o", "\(threads).png", "--heatmap",
        "\(threads).npy")
    }
    #expect(folder.bytes("1.npy") == folder.bytes("2.npy") && folder.bytes("1.png") == folder.bytes("2.png"))
  }

  @Test func `Boxes and contours`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let plain = try map(folder, "-o", "plain.png")
    let marked = try map(folder, "-o", "marked.png", "--boxes", "--contours", "--threshold", "0.4")
    #expect(marked["threshold"].number == 0.4 && marked["boxes"].count >= 1)
    let box = marked["boxes"][0]
    let sizes = ["x", "y", "width", "height"].map { Int(box[$0].number ?? -1) }
    #expect(sizes.allSatisfy { (0...256).contains($0) } && (box["peak"].number ?? 0) >= 0.4)
    let corners = (0..<marked["contours"][0].count).compactMap { marked["contours"][0][$0].integers }
    #expect(corners.map { $0[0] }.min() == sizes[0] && corners.map { $0[0] }.max() == sizes[0] + sizes[2])
    #expect(corners.map { $0[1] }.min() == sizes[1] && corners.map { $0[1] }.max() == sizes[1] + sizes[3])
    #expect(
      folder.bytes("plain.png") != folder.bytes("marked.png") && plain["map_max"].number == marked["map_max"].number)
  }

  @Test func `Strict`() throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("changed.bin", head: { -abs($0) })
    let outcome = try folder.run("explain", "photo.jpg", "-w", "changed.bin", "--strict", "--jsonl")
    #expect(outcome.status == 1 && folder.bytes("photo.gradcam.png") == nil)
    #expect(try JSON(outcome.text)["error"].text?.hasPrefix("all-negative: nothing in the layer speaks") ?? false)
    let signed = try folder.run("explain", "photo.jpg", "-w", "changed.bin", "--strict", "--signed", "--jsonl")
    #expect(try signed.status == 0 && JSON(signed.text)["maps"][0]["verdict"].text == "ok")
  }

  @Test func `Joined layers are one map`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let joined = try map(
      folder, "-l", "resnet_blocks.3,resnet_blocks.4", "--fuse", "max", "-o", "one.png", "--dump", "d")
    #expect(joined["layer"].text == "resnet_blocks.3+resnet_blocks.4" && joined["map_shape"].integers == [16, 16])
    let refined = try folder.run(
      "explain", "photo.jpg", "-w", "xray.pth", "-m", "refinecam,layercam", "-l", "resnet_blocks.3,resnet_blocks.4")
    #expect(refined.lines.count == 3)
  }

  @Test func `A library's numbers`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    for library in ["pytorch-grad-cam", "torch-cam", "captum"] {
      _ = try map(folder, "--compat", library, "-o", "\(library).png", "--heatmap", "\(library).npy")
      #expect(folder.bytes("\(library).png") != nil)
    }
    #expect(folder.bytes("torch-cam.png") != folder.bytes("captum.png"))
    // What is typed wins.
    let outcome = try folder.run(
      "explain", "photo.jpg", "-w", "xray.pth", "--compat", "torch-cam", "--normalize", "max", "--heatmap", "own.npy")
    #expect(outcome.status == 0 && folder.bytes("own.npy") != folder.bytes("torch-cam.npy"))
  }
}
