import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

@testable import gradcam

@Suite struct PictureMakerTests {
  private let folder = Workplace()

  private func maker(_ place: PictureMaker.Place, inputs: [FilePath] = []) -> PictureMaker {
    let links = PageLinks(from: FilePath(folder.path("report.html")), base: FilePath(folder.root))
    return PictureMaker(place: place, links: links, inputs: ProtectedFiles(inputs))
  }

  private var files: PictureMaker.Place { .folder(FilePath(folder.path("thumbs"))) }

  /// Writes a picture without a pattern that a codec could shorten.
  private func put(_ name: String, width: Int, height: Int) throws {
    var generator = SeededRandom(seed: 1)
    let samples = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    folder.put(
      try PNGEncoder.encode(Image(width: width, height: height, channels: 3, samples: samples)), as: name)
  }

  private func image(_ url: String?) throws -> Image {
    let text = try #require(url?.split(separator: ",").last)
    let data = try #require(Data(base64Encoded: String(text)))
    return try ImageDecoder.decode(FileBytes(copying: Array(data))).image
  }

  @Test func `A page holds small files as they are and thumbnails of others`() throws {
    try put("small.png", width: 60, height: 60)
    try put("large.png", width: 700, height: 350)
    let small = try maker(.page).picture(of: FilePath("small.png"))
    #expect(small.file == "small.png" && small.shown?.hasPrefix("data:image/png;base64,") == true)
    #expect(try image(small.shown).size == ImageSize(width: 60, height: 60))
    let large = try maker(.page).picture(of: FilePath("large.png"))
    #expect(large.file == "large.png" && large.shown?.hasPrefix("data:image/jpeg;base64,") == true)
    #expect(try image(large.shown).size == ImageSize(width: 320, height: 160))
    #expect(folder.made == [])
  }

  @Test func `Beside a page, files of moderate size are shown themselves`() throws {
    folder.makeFolder("thumbs")
    try put("fits.png", width: 290, height: 290)
    try put("wide.png", width: 513, height: 20)
    try put("heavy.png", width: 400, height: 400)
    #expect(try maker(files).picture(of: FilePath("fits.png")).shown == "fits.png")
    #expect(folder.made == [])
    let thumbnails = [
      ("wide.png", ImageSize(width: 320, height: 12)), ("heavy.png", ImageSize(width: 320, height: 320)),
    ]
    for (name, size) in thumbnails {
      let picture = try maker(files).picture(of: FilePath(name))
      let shown = try #require(picture.shown)
      #expect(picture.file == name && picture.large == name && shown.wholeMatch(of: /thumbs\/[0-9a-f]{16}\.jpg/) != nil)
      let file = try FileBytes(path: FilePath(folder.path(shown)))
      #expect(try ImageDecoder.decode(file).image.size == size)
      #expect(try maker(files).picture(of: FilePath(name)).shown == shown)
    }
    #expect(folder.made.count == 2)
  }

  /// The middle square of a picture of 700×350 pixels.
  private static let middle = CropGeometry(imageWidth: 700, imageHeight: 350, x: 175, y: 0, width: 350, height: 350)

  @Test func `A part is cut out and told of`() throws {
    folder.makeFolder("thumbs")
    try put("large.png", width: 700, height: 350)
    let held = try maker(.page).picture(of: FilePath("large.png"), showing: Self.middle)
    #expect(held.part == [175, 0, 350, 350] && held.file == "large.png")
    #expect(try image(held.shown).size == ImageSize(width: 320, height: 320))
    let beside = try maker(files).picture(of: FilePath("large.png"), showing: Self.middle)
    #expect(beside.part == [175, 0, 350, 350] && beside.large == "large.png")
    let whole = try maker(files).picture(of: FilePath("large.png"))
    #expect(whole.part == nil && beside.shown != whole.shown)
    for (shown, height) in [(beside.shown, 320), (whole.shown, 160)] {
      let file = try FileBytes(path: FilePath(folder.path(try #require(shown))))
      #expect(try ImageDecoder.decode(file).image.size == ImageSize(width: 320, height: height))
    }
  }

  @Test func `A small file is cut, too`() throws {
    folder.makeFolder("thumbs")
    try put("small.png", width: 60, height: 40)
    let part = CropGeometry(imageWidth: 60, imageHeight: 40, x: 10, y: 0, width: 40, height: 40)
    #expect(
      try image(try maker(.page).picture(of: FilePath("small.png"), showing: part).shown).size
        == ImageSize(width: 40, height: 40))
    let shown = try maker(files).picture(of: FilePath("small.png"), showing: part).shown
    #expect(shown?.hasPrefix("thumbs/") == true)
  }

  @Test func `Nothing is cut out of a picture of another size`() throws {
    try put("other.png", width: 60, height: 40)
    let picture = try maker(.page).picture(of: FilePath("other.png"), showing: Self.middle)
    #expect(picture.part == nil)
    #expect(try image(picture.shown).size == ImageSize(width: 60, height: 40))
  }

  @Test func `What cannot be shown is left out`() throws {
    folder.put("text", as: "text.png")
    folder.makeFolder("folder.png")
    #expect(mkfifo(folder.path("pipe.png"), 0o600) == 0)
    for place in [.page, files] {
      #expect(try maker(place).picture(of: nil).file == nil)
      for name in ["absent.png", "folder.png", "pipe.png", "-"] {
        let picture = try maker(place).picture(of: FilePath(name))
        #expect(picture.file == nil && picture.shown == nil, "\(name)")
      }
      let damaged = try maker(place).picture(of: FilePath("text.png"))
      #expect(damaged.file == "text.png" && damaged.shown == nil)
    }
  }

  @Test func `A thumbnail replaces no input`() throws {
    folder.makeFolder("thumbs")
    try put("wide.png", width: 600, height: 20)
    let shown = try #require(try maker(files).picture(of: FilePath("wide.png")).shown)
    let error = #expect(throws: InputError.self) {
      try maker(files, inputs: [FilePath(folder.path(shown))]).picture(of: FilePath("wide.png"))
    }
    #expect(error?.problem == "would be replaced, but is an input")
  }
}
