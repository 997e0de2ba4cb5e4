import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct OverlayTests {
  /// All but captum's and OpenCV's, which matplotlib does not have.
  @Test(arguments: ColorMap.all.filter { !["rwg", "jet-opencv"].contains($0.name) })
  func `Colour maps equal matplotlib's`(map: ColorMap) throws {
    #expect(map.levels == (try ImageFixtures.answer("colormap/\(map.name)").bytes))
  }

  @Test func `Colours of any value`() throws {
    let first = ColorMap.jet.levels.prefix(3)
    let last = ColorMap.jet.levels.suffix(3)
    func levels(_ value: Float) -> [UInt8] {
      let color = ColorMap.jet.color(at: value)
      return [color.red, color.green, color.blue]
    }
    for value in [-1, 0, 0.003, .nan, -.infinity] as [Float] { #expect(levels(value) == Array(first)) }
    for value in [0.997, 1, 1.5, .infinity, .greatestFiniteMagnitude] as [Float] {
      #expect(levels(value) == Array(last))
    }
    #expect(levels(0.5) == Array(ColorMap.jet.levels[384..<387]))
  }

  @Test func `An unknown colour map names the nearest`() throws {
    #expect(
      try inputError { _ = try ColorMap.named("virids") }.description
        == "colormap: there is no colour map \"virids\" (did you mean viridis?)")
    #expect(try ColorMap.named("magma").name == "magma")
  }

  @Test(
    arguments: [
      ("reference", "jet", 0.4, 2.0, Interpolation.bicubic), ("viridis", "viridis", 0.75, 1, .bilinear),
      ("nearest", "inferno", 0.5, 2, .nearest),
    ])
  func `Overlays equal the reference recipe`(
    name: String, map: String, alpha: Double, gamma: Double, kernel: Interpolation
  ) throws {
    let style = try OverlayStyle(colorMap: .named(map), alpha: alpha, gamma: gamma, interpolation: kernel)
    let image = try ImageFixtures.answer("overlay/image").image
    let drawn = Overlay.draw(try ImageFixtures.answer("overlay/map").heatmap, over: image, style: style)
    #expect(drawn == (try ImageFixtures.answer("overlay/\(name)").image))
  }

  @Test func `Alpha and gamma have limits`() throws {
    #expect(try inputError { _ = try OverlayStyle(alpha: 1.5) }.subject == "\(Parameter.alpha)")
    #expect(try inputError { _ = try OverlayStyle(alpha: .nan) }.subject == "\(Parameter.alpha)")
    #expect(try inputError { _ = try OverlayStyle(gamma: 0) }.subject == "\(Parameter.gamma)")
    let opaque = try OverlayStyle(alpha: 1, gamma: 0.5)
    let map = Heatmap(width: 1, height: 1, values: [1])
    let drawn = Overlay.draw(map, over: Image(width: 2, height: 1, filledWith: [7]), style: opaque)
    #expect(drawn.samples == Array(ColorMap.jet.levels.suffix(3)) + Array(ColorMap.jet.levels.suffix(3)))
  }

  @Test func `What is no number is drawn as 0`() {
    let image = Image(width: 8, height: 8, filledWith: [100])
    let bad = Heatmap(width: 2, height: 2, values: [.nan, .infinity, -.infinity, 0])
    let zero = Heatmap(width: 2, height: 2, values: [0, 0, 0, 0])
    #expect(Overlay.draw(bad, over: image) == Overlay.draw(zero, over: image))
    #expect(Panel.draw(bad, over: image) == Panel.draw(zero, over: image))
    #expect(HeatmapPicture.draw(bad) == HeatmapPicture.draw(zero))
  }

  @Test func `On the original, the map lies where the crop was`() throws {
    let image = Image(width: 20, height: 10, filledWith: [50, 60, 70])
    let map = Heatmap(width: 2, height: 2, values: [1, 0.5, 0.25, 0.75])
    let geometry = CropGeometry(imageWidth: 20, imageHeight: 10, x: 5, y: 0, width: 10, height: 10)
    let drawn = Overlay.draw(map, over: image, at: geometry)
    let alone = Overlay.draw(map, over: Image(width: 10, height: 10, filledWith: [50, 60, 70]))
    for y in 0..<10 {
      let row = Array(drawn.samples[y * 60..<(y + 1) * 60])
      #expect(Array(row[15..<45]) == Array(alone.samples[y * 30..<(y + 1) * 30]))
      #expect(Array(row[..<15] + row[45...]) == Array(image.samples[..<30]))
    }
  }

  @Test func `A padded crop's map is cut at the image's edge`() {
    let image = Image(width: 4, height: 10, filledWith: [50])
    let map = Heatmap(width: 3, height: 1, values: [0, 1, 0])
    let geometry = CropGeometry(imageWidth: 4, imageHeight: 10, x: -4, y: 2, width: 12, height: 5)
    let drawn = Overlay.draw(
      map, over: image, at: geometry, style: Self.plain)
    let touched = Image(width: 4, height: 5, filledWith: Array(ColorMap.jet.levels.suffix(3)))
    #expect(Array(drawn.samples[24..<84]) == touched.samples)
    #expect(drawn.samples[..<24].allSatisfy { $0 == 50 } && drawn.samples[84...].allSatisfy { $0 == 50 })
    let outside = CropGeometry(imageWidth: 4, imageHeight: 10, x: 40, y: 2, width: 12, height: 5)
    #expect(Overlay.draw(map, over: image, at: outside) == image.convertedToRGB())
  }

  private static let plain: OverlayStyle = {
    (try? OverlayStyle(alpha: 1, gamma: 1, interpolation: .nearest)) ?? .reference
  }()

  @Test(
    arguments: [
      (8, 8), (256, 256), (300, 200), (31, 700), (1200, 9), (1, 1),
    ])
  func `A panel holds the three pictures in order`(width: Int, height: Int) throws {
    let image = Image(width: width, height: height, filledWith: [10, 20, 30])
    let map = Heatmap(width: 3, height: 2, values: [0, 0.2, 0.4, 0.6, 0.8, 1])
    let panel = Panel.draw(map, over: image)
    let factor = max(min((127 + height) / height, 1024 / width), 1)
    #expect(panel.height >= height * factor && panel.width > 3 * width * factor)
    let gap = max(height * factor / 32, 4)
    let overlay = Overlay.draw(map, over: image).samples.prefix(3)
    let top = (panel.height - height * factor) / 2
    func pixel(_ x: Int) -> [UInt8] {
      Array(panel.samples[(top * panel.width + x) * 3..<(top * panel.width + x + 1) * 3])
    }
    #expect(pixel(gap) == [10, 20, 30])
    #expect(pixel(gap - 1) == [255, 255, 255])
    #expect(pixel(3 * gap + 2 * width * factor) == Array(overlay))
  }

  @Test func `A panel's caption is below it, in lines that fit`() throws {
    let image = Image(width: 64, height: 64, filledWith: [10, 20, 30])
    let map = Heatmap(width: 2, height: 1, values: [0, 1])
    let (plain, short) = (Panel.draw(map, over: image), Panel.draw(map, over: image, caption: ["evidence for opacity"]))
    #expect(short.width == plain.width && short.height == plain.height + PixelFont.lineHeight)
    #expect(short.samples.prefix(plain.samples.count) == plain.samples[...])
    let below = short.samples[plain.samples.count...]
    #expect(below.contains(32) && below.contains(255))
    // Two lines of words; a word longer than a line is cut; no more than eight lines.
    let words = Panel.draw(map, over: image, caption: [String(repeating: "word ", count: 30)])
    #expect(words.height == plain.height + 2 * PixelFont.lineHeight)
    let long = Panel.draw(map, over: image, caption: [String(repeating: "m", count: 100)])
    #expect(long.height == plain.height + 2 * PixelFont.lineHeight)
    let endless = Panel.draw(map, over: image, caption: [String(repeating: "m ", count: 5000)])
    #expect(endless.height == plain.height + 8 * PixelFont.lineHeight)
    #expect(Panel.writes("Aa ~{}!\"") && !Panel.writes("na\u{EF}ve") && !Panel.writes("a\n"))
    #expect(Panel.draw(map, over: image, caption: ["\u{732B}"]) == Panel.draw(map, over: image, caption: ["\u{72AC}"]))
  }

  @Test func `The letters are all different`() {
    func drawn(_ character: Character) -> [UInt8] {
      var image = Image(width: 8, height: 12, filledWith: [0])
      PixelFont.draw(String(character), on: &image, x: 1, y: 1, scale: 1, color: [1])
      return image.samples
    }
    let letters = (33...126).map { Character(UnicodeScalar(UInt8($0))) }
    #expect(Set(letters.map(drawn)).count == 94)
    #expect(!letters.map(drawn).contains(drawn("\u{E9}")))
  }

  @Test func `The bar tells a fixed scale`() {
    let map = Heatmap(width: 2, height: 2, values: [0, 0.25, 0.5, 1])
    let usual = HeatmapPicture.draw(map)
    #expect(HeatmapPicture.draw(map, fixedScale: 1) == usual)
    let (half, tiny) = (HeatmapPicture.draw(map, fixedScale: 0.5), HeatmapPicture.draw(map, fixedScale: 1.25e-7))
    #expect(half != usual && half.height == usual.height && tiny.width > usual.width)
    // The cells are the same: what is above 1 was cut before.
    #expect(half.samples[(100 * half.width + 100) * 3] == usual.samples[(100 * usual.width + 100) * 3])
  }

  @Test(
    arguments: [
      (8, 8, 32), (7, 7, 37), (14, 3, 86), (300, 400, 1), (1, 5000, 1),
    ])
  func `A heatmap's cells are whole squares of at least 256 pixels a side`(width: Int, height: Int, factor: Int) {
    let values = (0..<width * height).map { Float($0) / Float(width * height) }
    let picture = HeatmapPicture.draw(Heatmap(width: width, height: height, values: values))
    let gap = max(height * factor / 32, 4)
    #expect(picture.height == max(height * factor, 27) + 2 * gap)
    let color = ColorMap.jet.color(at: values[values.count - 1])
    let corner = ((height * factor + gap - 1) * picture.width + gap + width * factor - 1) * 3
    #expect(Array(picture.samples[corner..<corner + 3]) == [color.red, color.green, color.blue])
  }
}
