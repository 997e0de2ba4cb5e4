import GradCAMCore
import Testing

@testable import GradCAMCore

@Suite struct ImagesResamplingTests {
  private func parts(_ name: String) throws -> (file: String, kernel: Interpolation, width: Int, height: Int) {
    let parts = name.split(separator: "/").map(String.init)
    let sides = try #require(parts.last).split(separator: "x").compactMap { Int($0) }
    return (parts[0], try #require(Interpolation(rawValue: parts[parts.count - 2])), sides[0], sides[1])
  }

  @Test(arguments: ImageFixtures.names("resize/")) func `Equals Pillow's resize to the byte`(name: String) throws {
    let (file, kernel, width, height) = try parts(name)
    let resized = try ImageFixtures.image(file).resized(width: width, height: height, interpolation: kernel)
    #expect(resized == (try ImageFixtures.answer("resize/\(name)").image))
  }

  @Test(arguments: Interpolation.allCases) func `A part equals that part of the whole`(kernel: Interpolation) throws {
    for (width, height) in [(60, 47), (17, 11), (41, 20)] {
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
    let (file, kernel, width, height) = try parts(name)
    let image = try ImageFixtures.image(file)
    let resized = image.resized(width: width, height: height, interpolation: kernel, antialias: false)
    #expect(resized == (try ImageFixtures.answer("plain/\(name)").image))
  }

  @Test(arguments: ImageFixtures.names("float/").filter { $0 != "source" })
  func `Equals Pillow's resize of float maps`(name: String) throws {
    let (_, kernel, width, height) = try parts("float/" + name)
    let resized = try ImageFixtures.answer("float/source").heatmap
      .resized(width: width, height: height, interpolation: kernel)
    #expect(resized == (try ImageFixtures.answer("float/\(name)").heatmap))
  }

  @Test func `Gray is PIL's`() {
    let image = Image(width: 2, height: 1, channels: 3, samples: [255, 255, 255, 10, 200, 30])
    #expect(image.convertedToGray().samples == [255, 124])
    #expect(image.convertedToGray().convertedToRGB().samples == [255, 255, 255, 124, 124, 124])
  }
}
