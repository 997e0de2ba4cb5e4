import GradCAMCore
import ModelFormats
import Testing

/// PBM, PGM and PPM files, named, found and piped.
@Suite struct NetpbmTests {
  /// The fixture's photograph as a binary PPM.
  private static func photo() throws -> [UInt8] {
    let image = try ImageDecoder.decode(FileBytes(copying: Workplace.fixture("photo.jpg"))).image
    return Array("P6\n# a comment\n\(image.width) \(image.height)\n255\n".utf8) + image.samples
  }

  private func picture(_ bytes: [UInt8]?) throws -> Image {
    try ImageDecoder.decode(FileBytes(copying: try #require(bytes))).image
  }

  @Test func `A PPM is explained as the JPEG of its pixels is`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put(try Self.photo(), as: "same.ppm")
    let outcome = try folder.run("explain", "photo.jpg", "same.ppm", "-w", "xray.pth")
    #expect(outcome.status == 0 && outcome.errors.allSatisfy { $0.hasPrefix("gradcam: 2 images in ") })
    #expect(try picture(folder.bytes("same.gradcam.png")) == picture(folder.bytes("photo.gradcam.png")))
  }

  @Test func `The first of several images in a pipe is explained`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put(try Self.photo() + Array("P6 1 1 255 abc".utf8), as: "two.ppm")
    let outcome = try Tool.shell("cat two.ppm | gradcam explain - -w xray.pth -o - > piped.png", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    _ = try folder.run("explain", "photo.jpg", "-w", "xray.pth", "-o", "whole.png")
    #expect(try picture(folder.bytes("piped.png")) == picture(folder.bytes("whole.png")))
  }

  @Test func `Folders are searched for them by content and by name`() throws {
    let folder = Workplace("xray.pth")
    folder.put(try Self.photo(), as: "in/by-content")
    folder.put("no image", as: "in/by-name.PGM")
    folder.put("P5 9 9 255 cut", as: "in/cut.data")
    folder.put("P2 in our plan", as: "in/notes")
    let outcome = try folder.run("explain", "in", "-w", "xray.pth")
    #expect(outcome.status == 1)
    #expect(folder.made == ["by-content.gradcam.png"])
    #expect(
      outcome.errors.filter { $0.contains(".PGM") || $0.contains(".data") } == [
        "gradcam: in/by-name.PGM: is a text file (gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy)",
        "gradcam: in/cut.data: is a damaged PGM: 78 of its 81 bytes of samples are missing",
      ])
    #expect(!outcome.errors.contains { $0.contains("notes") })
  }

  @Test func `The limit on pixels is an option`() throws {
    let folder = Workplace("xray.pth")
    folder.put(try Self.photo(), as: "photo.ppm")
    let pixels = try picture(folder.bytes("photo.ppm")).samples.count / 3
    let refused = try folder.run("explain", "photo.ppm", "-w", "xray.pth", "--max-pixels", "\(pixels - 1)")
    #expect(refused.status == 1 && folder.made == [])
    #expect(refused.errors.count == 1)
    let problem =
      "pixels large, over the limit of \(pixels - 1) pixels (scale it down, or raise the limit by --max-pixels)"
    #expect(refused.errors.first?.hasSuffix(problem) == true)
    let accepted = try folder.run("explain", "photo.ppm", "-w", "xray.pth", "--max-pixels", "\(pixels)")
    #expect(accepted.status == 0 && folder.made == ["photo.gradcam.png"])
  }
}
