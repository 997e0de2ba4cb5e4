import GradCAMCore
import Testing

@testable import GradCAMCore

@Suite struct ResamplingTests {
  @Test(arguments: ImageFixtures.names("resize/")) func `Equals Pillow's resize to the byte`(name: String) throws {
    let (file, kernel, width, height) = try ImageFixtures.parts(name)
    let resized = try ImageFixtures.image(file).resized(width: width, height: height, interpolation: kernel)
    #expect(resized == (try ImageFixtures.answer("resize/\(name)").image))
  }

  @Test(arguments: PillowRelease.allCases)
  func `Equals each release's order of passes`(release: PillowRelease) throws {
    let answers = try #require(ImageFixtures.resizings[release])
    var (whole, parts) = (0, 0)
    for (name, answer) in answers where !name.hasPrefix("source/") {
      let words = name.split(separator: "/").map(String.init)
      let size = words.last?.split(separator: "x").compactMap { Int($0) } ?? []
      if words[0] == "box" {
        // Parts are resized for thumbnails alone, as the newest release does it.
        guard release == .newest else { continue }
        let box = words[2].split(separator: "-").compactMap { Double($0) }
        let source = try #require(answers["source/\(words[1])"]).image
        let resized = source.resized(part: box[0]..<box[2], box[1]..<box[3], width: size[0], height: size[1])
        #expect(resized.samples == answer.bytes, "\(name)")
        parts += 1
      } else {
        let source = try #require(answers["source/\(words[0])"]).image
        let kernel = try #require(Interpolation(rawValue: words[1]))
        #expect(
          source.resized(width: size[0], height: size[1], interpolation: kernel, as: release) == answer.image,
          "\(name) of Pillow \(release.rawValue)")
        whole += 1
      }
    }
    #expect(whole == 63 && parts == (release == .newest ? 8 : 0))
  }

  @Test(arguments: Interpolation.allCases) func `A part equals that part of the whole`(kernel: Interpolation) throws {
    for (width, height) in [(60, 47), (17, 11), (41, 20), (39, 15)] {
      let image = try ImageFixtures.image("resize-rgb.png")
      let whole = image.resized(width: width, height: height, interpolation: kernel)
      let (columns, rows) = (3..<width - 2, 4..<height)
      let part = image.resized(
        width: width, height: height, columns: columns, rows: rows, kernel, antialias: true)
      for (y, row) in rows.enumerated() {
        let length = columns.count * 3
        let start = (row * width + columns.lowerBound) * 3
        #expect(part.samples[y * length..<(y + 1) * length] == whole.samples[start..<start + length])
      }
    }
  }

  @Test(arguments: ImageFixtures.names("plain/"))
  func `Without antialiasing, kernels keep their width`(name: String) throws {
    let (file, kernel, width, height) = try ImageFixtures.parts(name)
    let image = try ImageFixtures.image(file)
    let resized = image.resized(width: width, height: height, interpolation: kernel, antialias: false)
    #expect(resized == (try ImageFixtures.answer("plain/\(name)").image))
  }

  @Test func `Gray is PIL's`() {
    let image = Image(width: 2, height: 1, channels: 3, samples: [255, 255, 255, 10, 200, 30])
    #expect(image.convertedToGray().samples == [255, 124])
    #expect(image.convertedToGray().convertedToRGB().samples == [255, 255, 255, 124, 124, 124])
  }
}
