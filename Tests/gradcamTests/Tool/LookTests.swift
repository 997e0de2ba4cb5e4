import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// Pictures and heatmap files.
@Suite struct LookTests {
  private func picture(_ folder: Workplace, _ name: String) throws -> Image {
    try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes(name)))).image
  }

  private func drawn(_ folder: Workplace, _ image: String, _ model: String, _ words: String...) throws -> Image {
    let line = ["explain", image, "-w", model, "-o", "x.png", "--quiet"]
    #expect(try Tool.run(line + words, in: folder).status == 0)
    return try picture(folder, "x.png")
  }

  @Test func `On the model's input or on the whole image`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let whole = try drawn(folder, "photo.jpg", "xray.pth", "--canvas", "original")
    #expect((whole.width, whole.height) == (120, 90))
    let plain = try picture(folder, "photo.jpg")
    // The crop is the square in the middle: columns 15 to 105.
    let row = 45 * 120
    #expect(whole.samples[row * 3..<(row + 15) * 3] == plain.samples[row * 3..<(row + 15) * 3])
    #expect(whole.samples[(row + 15) * 3..<(row + 30) * 3] != plain.samples[(row + 15) * 3..<(row + 30) * 3])
  }

  @Test func `A crop that reaches beyond the image`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let padded = ["--preprocess", "half,resize=100"]
    let whole = try drawn(folder, "photo.jpg", "xray.pth", "--canvas", "original", padded[0], padded[1])
    #expect((whole.width, whole.height) == (120, 90))
    let input = try drawn(folder, "photo.jpg", "xray.pth", "--alpha", "0", padded[0], padded[1])
    #expect((input.width, input.height) == (256, 256))
    #expect(input.samples[0..<3] == [0, 0, 0])

    // The crop covers 230.4 × 230.4 pixels around the middle, 28.8 of them a cell: cells 2 to 5 lie on the image.
    let cells = try drawn(
      folder, "photo.jpg", "xray.pth", "--canvas", "original", "--alpha", "1", "--colormap", "gray", "--gamma", "1",
      "--resample", "nearest", "--dump", "d", padded[0], padded[1])
    let heatmap = try folder.dump("d").tensor("heatmap").logical()
    for (x, y, cell) in [(5, 2, 2 * 8 + 2), (115, 2, 2 * 8 + 5), (5, 87, 5 * 8 + 2), (115, 87, 5 * 8 + 5)] {
      #expect(abs(Float(cells.samples[(y * 120 + x) * 3]) - 255 * heatmap[cell]) <= 2, "\(x), \(y)")
    }
    #expect(Set([18, 21, 42, 45].map { heatmap[$0] }).count == 4)
  }

  @Test func `Alpha from nothing to everything`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let invisible = try drawn(folder, "photo.jpg", "xray.pth", "--canvas", "original", "--alpha", "0")
    #expect(invisible.samples == (try picture(folder, "photo.jpg")).samples)
    let opaque = try drawn(folder, "photo.jpg", "xray.pth", "--alpha", "1", "--colormap", "gray")
    #expect(
      stride(from: 0, to: opaque.samples.count, by: 3).allSatisfy { opaque.samples[$0] == opaque.samples[$0 + 1] })
  }

  @Test func `Panels, small ones enlarged`() throws {
    let folder = Workplace("tiny.png", "cifar.th", "photo.jpg", "xray.pth")
    let small = try drawn(folder, "tiny.png", "cifar.th", "--panel")
    #expect(small.height >= 128 && small.width > 3 * 128)
    let large = try drawn(folder, "photo.jpg", "xray.pth", "--panel")
    #expect(large.height >= 256 && large.width > 3 * 256)
    _ = try drawn(folder, "tiny.png", "cifar.th", "--panel", "--canvas", "original")
  }

  @Test func `Heatmaps as numbers and as a picture`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    _ = try folder.explain("--heatmap", "maps/{stem}.{method}.npy", "--dump", "d")
    let file = try #require(folder.bytes("maps/photo.gradcam.npy"))
    #expect(file.starts(with: [0x93] + Array("NUMPY".utf8)))
    let header = String(decoding: file.dropFirst(10).prefix(Int(file[8]) + Int(file[9]) << 8), as: UTF8.self)
    #expect(header.contains("'descr': '<f4'") && header.contains("'shape': (8, 8)"))
    let heatmap = try folder.dump("d").tensor("heatmap").logical()
    #expect(Array(file.suffix(256)) == heatmap.withUnsafeBytes { [UInt8]($0) })
    #expect(heatmap.max() == 1 && heatmap.min() == 0)
    _ = try folder.explain("--heatmap", "h.png")
    let drawn = try picture(folder, "h.png")
    #expect(drawn.height >= 256 && drawn.width > 256)
  }

  @Test func `Normalisation`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    func heatmap(_ kind: String, _ method: String = "gradcam") throws -> (cam: [Float], heatmap: [Float]) {
      let outcome = try folder.explain("--normalize", kind, "--dump", kind, "-o", "\(kind).png", "-m", method)
      #expect(outcome.status == 0)
      let dump = try folder.dump(kind)
      return (try dump.tensor("cam").logical(), try dump.tensor("heatmap").logical())
    }
    let (most, minmax, none) = (try heatmap("max"), try heatmap("minmax"), try heatmap("none"))
    let peak = try #require(most.cam.max())
    #expect(most.heatmap == most.cam.map { $0 / peak })
    #expect(minmax.heatmap.min() == 0 && minmax.heatmap.max() == 1)
    #expect(none.heatmap == none.cam && none.cam == most.cam)
    #expect(folder.bytes("none.png") == folder.bytes("max.png"))
    // A map that is nowhere 0.
    let raised = try heatmap("minmax", "layercam")
    let least = try #require(raised.cam.min())
    let range = try #require(raised.cam.max()) - least
    #expect(least > 0 && raised.heatmap == raised.cam.map { ($0 - least) / range })
  }

  @Test(arguments: ["jet", "viridis", "turbo", "inferno", "magma", "gray", "bwr"])
  func `Colour maps are all different`(_ name: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let picture = try drawn(folder, "photo.jpg", "xray.pth", "--colormap", name)
    let other = try drawn(folder, "photo.jpg", "xray.pth", "--colormap", name == "jet" ? "gray" : "jet")
    #expect(picture.samples != other.samples)
    #expect(try folder.run("colormaps").lines.contains { $0.hasPrefix("\(name) ") })
  }

  @Test func `Ways of enlarging`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let pictures = try ["bicubic", "bilinear", "nearest"].map {
      try drawn(folder, "photo.jpg", "xray.pth", "--resample", $0).samples
    }
    #expect(Set(pictures).count == 3)
  }
}
