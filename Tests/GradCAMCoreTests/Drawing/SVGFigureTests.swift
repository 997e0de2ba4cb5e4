import Foundation
import FoundationXML
import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct SVGFigureTests {
  private let image = Image(width: 40, height: 20, filledWith: [10, 200, 30])
  private let map = Heatmap(width: 2, height: 1, values: [0.5, 1])

  private func parsed(_ bytes: [UInt8]) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = elements
    try #require(parser.parse(), "no XML: \(String(describing: parser.parserError))")
    return elements
  }

  private func picture(_ element: [String: String]) throws -> Image {
    let url = try #require(element["xlink:href"])
    let data = try #require(Data(base64Encoded: String(url.dropFirst("data:image/png;base64,".count))))
    return try ImageDecoder.decode(FileBytes(copying: Array(data))).image
  }

  @Test func `Image, map, colour bar and caption are elements of their own`() throws {
    let figure = SVGFigure(.overlay, caption: ["prediction: cat 97 %", "verdict: ok"], texts: ["method": "gradcam"])
    let bytes = try figure.encode(map, over: image, style: .reference)
    let elements = try parsed(bytes)
    #expect(elements.of("image").compactMap { $0["id"] } == ["image", "map", "colorbar"])
    #expect(try picture(elements.of("image")[0]) == image)
    #expect(elements.of("image")[1]["opacity"] == "0.4")
    let colors = try picture(elements.of("image")[1])
    // Laid over the image with its opacity, the map's picture gives the overlay.
    var mixed = image
    Blending.mixed.blend(colors, into: &mixed, x: 0, y: 0, alpha: 0.4)
    #expect(mixed == Overlay.draw(map, over: image))
    #expect(elements.texts("text") == ["0", "0.5", "1", "prediction: cat 97 %", "verdict: ok"])
    #expect(elements.texts("entry") == ["gradcam"])
    #expect(bytes.withUnsafeBytes(SVGMark.isOwn))
    #expect(bytes.prefix(4096).withUnsafeBytes { SVGMark.isOwn($0) })
    #expect(bytes == (try figure.encode(map, over: image, style: .reference)))
  }

  @Test func `A panel holds each picture once, and marks as lines`() throws {
    var style = OverlayStyle.reference
    style.marks = RegionMarks(threshold: 0.25, drawsBoxes: true, drawsContours: true)
    let elements = try parsed(try SVGFigure(.panel, caption: []).encode(map, over: image, style: style))
    #expect(elements.of("image").compactMap { $0["id"] } == ["image", "map", "colorbar"])
    #expect(elements.of("use").compactMap { $0["xlink:href"] } == ["#image", "#map"])
    #expect(elements.of("path").count == 2)
    #expect(elements.of("path")[0]["d"]?.hasSuffix("M0 0h40v20h-40z") ?? false)
  }

  @Test func `The map alone, as cells or where it lies`() throws {
    let cells = try parsed(try SVGFigure(.cells, caption: []).encode(map, over: image))
    #expect(try picture(cells.of("image")[0]) == HeatmapPicture.cells(map, .reference))
    let geometry = CropGeometry(imageWidth: 40, imageHeight: 20, x: 10, y: 0, width: 20, height: 20)
    let placed = try parsed(try SVGFigure(.map, caption: []).encode(map, over: image, at: geometry))
    #expect(placed.of("image")[0]["x"] == "10" && placed.of("image")[0]["width"] == "20")
    let beside = CropGeometry(imageWidth: 40, imageHeight: 20, x: 90, y: 0, width: 20, height: 20)
    #expect(try parsed(SVGFigure(.map, caption: []).encode(map, over: image, at: beside)).of("image").count == 1)
  }

  @Test func `A library's own mixture is one picture`() throws {
    let style = OverlayStyle(of: .pytorchGradCAM, isSigned: false)
    let elements = try parsed(try SVGFigure(.overlay, caption: []).encode(map, over: image, style: style))
    #expect(elements.of("image").compactMap { $0["id"] } == ["image", "overlay", "colorbar"])
    #expect(try picture(elements.of("image")[1]) == Overlay.draw(map, over: image, style: style))
  }

  @Test func `Ends of clipped colours say that there is more`() throws {
    var style = OverlayStyle(.bwr, 0.4, 1, .bicubic)
    (style.isSigned, style.fullScale) = (true, 0.25)
    let elements = try parsed(try SVGFigure(.overlay, caption: []).encode(map, over: image, style: style))
    #expect(elements.texts("text") == ["≤ -0.25", "0", "≥ 0.25"])
  }

  @Test(
    arguments: [
      "</text><script>alert(1)</script>", "a & b \"c\" 'd'", "]]>", "<!--", "\u{0}\u{8}\u{1B}[31m", "\u{FFFE}\u{FFFF}",
      "βήτα 😀 肺炎", "\r\n\t", "&#0;", String(repeating: "long ", count: 3000), String(repeating: "x", count: 100_000),
    ])
  func `Any text is text`(_ text: String) throws {
    let bytes = try SVGFigure(.overlay, caption: [text, "the last"], texts: ["k": text]).encode(map, over: image)
    let elements = try parsed(bytes)
    #expect(elements.of("script").isEmpty && elements.of("text").count == 5)
    #expect(elements.texts("text").last == "the last")
    let isForbidden = { (scalar: Unicode.Scalar) in
      scalar.value < 0x20 && ![9, 10, 13].contains(scalar.value) || scalar.value == 0xFFFE || scalar.value == 0xFFFF
    }
    let expected = String(
      String.UnicodeScalarView(text.unicodeScalars.map { isForbidden($0) ? "\u{FFFD}" : $0 }))
    #expect(elements.texts("entry") == [expected])
    // Long lines are wrapped, and cut in the end.
    if text.count < 1000 {
      #expect(elements.texts("text")[3] == expected)
    } else {
      #expect(elements.texts("text")[3].count == 1001 && elements.of("tspan").count > 10)
    }
  }

  @Test(arguments: [(1, 1), (1, 3000), (3000, 1), (32, 32)]) func `Pictures of any shape`(width: Int, height: Int)
    throws
  {
    let image = Image(width: width, height: height, filledWith: [7])
    for kind in [SVGFigure.Kind.overlay, .panel, .cells, .map] {
      let elements = try parsed(try SVGFigure(kind, caption: ["a caption"]).encode(map, over: image))
      let size = ["width", "height"].compactMap { elements.of("svg")[0][$0].flatMap(Double.init) }
      #expect(size.count == 2 && size.allSatisfy { $0 >= 100 && $0 < 10_000 })
    }
  }

  @Test func `Other drawings are not this tool's`() {
    for text in ["", "<svg/>", "<?xml version=\"1.0\"?><svg><metadata/></svg>", "<metadata id=\"gradcam\">"] {
      #expect(!Array(text.utf8).withUnsafeBytes(SVGMark.isOwn))
    }
  }
}

/// What a drawing holds.
private final class Elements: NSObject, XMLParserDelegate {
  private var found: [(name: String, attributes: [String: String], text: String)] = []
  private var open: [Int] = []

  func of(_ name: String) -> [[String: String]] { found.filter { $0.name == name }.map(\.attributes) }
  /// The text of each, with that of the elements inside.
  func texts(_ name: String) -> [String] { found.filter { $0.name == name }.map(\.text) }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(found.count)
    found.append((name, attributes, ""))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { for index in open { found[index].text += text } }
}
