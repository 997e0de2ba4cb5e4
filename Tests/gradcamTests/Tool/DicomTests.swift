import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// DICOM files, arrays and bitmaps from the command line.
@Suite struct DicomTests {
  private static func fixture(_ name: String) throws -> [UInt8] {
    let file = try FileBytes(path: Fixture.folder.appending(FilePath(name)))
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  private func workplace(_ names: String...) throws -> Workplace {
    let folder = Workplace("xray.pth")
    for name in names { folder.put(try Self.fixture(name), as: name) }
    return folder
  }

  private func picture(_ bytes: [UInt8]?) throws -> Image {
    try ImageDecoder.decode(FileBytes(copying: try #require(bytes))).image
  }

  @Test func `A frame that is asked for stands in names, and records are verified and resumed with it`() throws {
    let folder = try workplace("dicom/jpeg-frames.dcm")
    let words = ["explain", "dicom/jpeg-frames.dcm", "-w", "xray.pth", "--records", "r.jsonl"]
    func run(_ more: String...) throws -> Tool.Outcome {
      try Tool.run(words + more, in: folder)
    }
    let first = try run()
    #expect(first.status == 0)
    #expect(first.errors.contains { $0.contains("has 3 frames, of which the first is taken") })
    let third = try run("--frame", "3")
    #expect(third.status == 0 && third.errors.isEmpty)
    #expect(folder.made == ["jpeg-frames.frame-3.gradcam.png", "jpeg-frames.gradcam.png", "r.jsonl"])
    #expect(folder.bytes("jpeg-frames.frame-3.gradcam.png") != folder.bytes("jpeg-frames.gradcam.png"))
    #expect(try folder.run("verify", "r.jsonl").status == 0)
    let again = try run("--frame", "3", "--resume")
    #expect(again.status == 0 && again.output.isEmpty)
  }

  @Test func `A window that is asked for stands in names and records`() throws {
    let folder = try workplace("dicom/two-windows.dcm")
    func run(_ more: String...) throws -> Tool.Outcome {
      try Tool.run(["explain", "dicom/two-windows.dcm", "-w", "xray.pth", "--records", "r"] + more, in: folder)
    }
    for choice in ["1", "2", "none"] { #expect(try run("--window", choice).status == 0) }
    #expect(try run().status == 0)
    let names = ["", ".window-1", ".window-2", ".window-none"].map { "two-windows\($0).gradcam.png" }
    #expect(folder.made == (["r"] + names).sorted())
    #expect(
      folder.picture(names[1]) == folder.picture(names[0]) && folder.picture(names[2]) != folder.picture(names[0]))
    let records = try #require(folder.text("r")).split(separator: "\n")
    #expect(records.count == 4 && records[1].contains("\"--window=2\"") && records[2].contains("\"--window=none\""))
    #expect(try folder.run("verify", "r").status == 0)
    #expect(try run("--window", "2", "--resume").output.isEmpty)
    // A thumbnail is of what was read.
    for (place, record) in records.prefix(3).enumerated() {
      folder.put(String(record) + "\n", as: "r\(place)")
      #expect(try folder.run("report", "r\(place)", "-o", "page.html", "--pictures", "files").status == 0)
    }
    let shown = folder.made.filter { $0.hasPrefix("page.files/") }.compactMap(folder.bytes)
    #expect(Set(shown).count == 3)
  }

  @Test func `What a file is not damaged by is no damage`() throws {
    let folder = try workplace("dicom/two-windows.dcm", "bitmaps/24.bmp", "dicom/rgb.dcm")
    var syntax = try Self.fixture("dicom/explicit.dcm")
    let uid = try #require(syntax.firstRange(of: Array("1.2.840.10008.1.2.1\0".utf8)))
    syntax.replaceSubrange(uid, with: Array("1.2.840.10008.1.2.9\0".utf8))
    folder.put(syntax, as: "syntax.dcm")
    folder.put(Array(syntax.prefix(uid.lowerBound)) + Array("1.2.840.10008.1.2.1\0".utf8), as: "empty.dcm")
    folder.put(try Self.fixture("dicom/explicit.dcm").dropLast(9), as: "cut.dcm")
    func kind(_ name: String, _ more: String...) throws -> String? {
      let outcome = try Tool.run(["explain", name, "-w", "xray.pth", "--jsonl"] + more, in: folder)
      #expect(outcome.status == 1)
      return try JSON(outcome.text)["kind"].text
    }
    #expect(try kind("syntax.dcm") == "no-image" && kind("empty.dcm") == "no-image" && kind("cut.dcm") == "damaged")
    #expect(try kind("dicom/two-windows.dcm", "--window", "7") == "not-explained")
    #expect(try kind("dicom/two-windows.dcm", "--frame", "2") == "not-explained")
    #expect(try kind("bitmaps/24.bmp", "--frame", "2") == "not-explained")
  }

  @Test func `A window that the file has not is one line`() throws {
    let folder = try workplace("dicom/explicit.dcm")
    let outcome = try folder.run("explain", "dicom/explicit.dcm", "-w", "xray.pth", "--window", "2")
    #expect(outcome.status == 1)
    #expect(outcome.errors == ["gradcam: dicom/explicit.dcm: has one window, and --window is 2 (1 to 1)"])
    #expect(try folder.run("explain", "dicom/explicit.dcm", "-w", "xray.pth", "--window", "0").status == 2)
  }

  @Test func `Folders are searched for DICOM files by content, and their indexes and maps are passed over`() throws {
    let folder = try workplace("dicom/explicit.dcm", "bitmaps/24.bmp", "bitmaps/rgb.npy")
    folder.put(try Self.fixture("dicom/explicit.dcm"), as: "in/IM0001")
    folder.put(try Self.fixture("dicom/no-preamble.dcm"), as: "in/IM0002")
    folder.put(try Self.fixture("bitmaps/24.bmp"), as: "in/bitmap")
    folder.put(try Self.fixture("bitmaps/rgb.npy"), as: "in/array.npy")
    folder.put(NumPyFile.encode([0, 1, 0, 1], shape: [2, 2]), as: "in/map.npy")
    var index = try Self.fixture("dicom/explicit.dcm")
    index.replaceSubrange(
      144..., with: [2, 0, 2, 0] + Array("UI".utf8) + [20, 0] + Array("1.2.840.10008.1.3.10".utf8))
    folder.put(index, as: "in/DICOMDIR")
    let outcome = try folder.run("explain", "in", "-w", "xray.pth")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      folder.made == [
        "IM0001.gradcam.png", "IM0002.gradcam.png", "array.npy.gradcam.png", "bitmap.gradcam.png",
      ])
    #expect(try folder.run("explain", "in/map.npy", "-w", "xray.pth").status == 0)
  }

  @Test func `The picture in the overlay is the file's`() throws {
    let folder = try workplace("dicom/lossless-rgb.dcm", "dicom/rgb.dcm")
    for name in ["lossless-rgb", "rgb"] {
      let outcome = try folder.run(
        "explain", "dicom/\(name).dcm", "-w", "xray.pth", "-o", "\(name).png", "--canvas", "original", "--alpha", "0")
      #expect(outcome.status == 0)
    }
    #expect(try picture(folder.bytes("rgb.png")) == picture(folder.bytes("dicom/rgb.dcm")))
    #expect(try picture(folder.bytes("lossless-rgb.png")) == picture(folder.bytes("rgb.png")))
  }

  @Test func `A report shows what browsers cannot`() throws {
    let folder = try workplace("dicom/jpeg-frames.dcm", "bitmaps/24.bmp")
    let words = ["explain", "dicom/jpeg-frames.dcm", "bitmaps/24.bmp", "-w", "xray.pth", "--report", "page"]
    #expect(try Tool.run(words, in: folder).status == 0)
    // A picture without frames has none that could be asked for.
    let outcome = try Tool.run(words + ["--frame", "2"], in: folder)
    #expect(outcome.status == 1)
    let refusal = "bitmaps/24.bmp: has one frame, and --frame is 2 (1, or a DICOM file of several)"
    #expect(outcome.errors.contains("gradcam: \(refusal)"), "\(outcome.errors)")
    let page = try #require(folder.text("page/index.html"))
    #expect(page.components(separatedBy: "data:image/jpeg;base64,").count >= 3)
  }
}
