import Foundation
import Testing

@testable import GradCAMCore

@Suite struct ContactSheetTests {
  private static let red = Image(width: 20, height: 10, filledWith: [255, 0, 0])

  private func color(_ image: Image, x: Int, y: Int) -> [UInt8] {
    let start = (y * image.width + x) * image.channels
    return Array(image.samples[start..<start + image.channels])
  }

  @Test func `Pictures fill the width of their cells, in the middle of their height`() {
    var sheet = ContactSheet(columns: ["", ""], side: 40)
    sheet.add([.init(Self.red), .init(nil)])
    let drawn = sheet.drawn()
    // A gap of 6 around and between; no heading and no note.
    #expect(drawn.width == 6 + 2 * 46 && drawn.height == 6 + 46)
    #expect(color(drawn, x: 6, y: 6 + 20) == [255, 0, 0] && color(drawn, x: 45, y: 6 + 20) == [255, 0, 0])
    #expect(color(drawn, x: 6, y: 6 + 9) == [255, 255, 255] && color(drawn, x: 6, y: 6 + 10) == [255, 0, 0])
    #expect(color(drawn, x: 52, y: 6) == SheetLayout.empty)
  }

  @Test func `Notes are wrapped, and cut after three lines`() throws {
    var sheet = ContactSheet(columns: ["a"], side: 40)
    sheet.add([.init(Self.red, notes: ["one two three four five six seven eight nine ten eleven"])])
    let drawing = String(decoding: try sheet.svg(), as: UTF8.self)
    #expect(drawing.components(separatedBy: "<text").count == 1 + 1 + SheetLayout.mostNotes)
    #expect(drawing.contains("…") && !drawing.contains("eleven"))
    #expect(sheet.drawn().height == ContactSheet.size(columns: 1, rows: 1, side: 40).height - PixelFont.lineHeight)
  }

  @Test func `What a label holds means nothing to a browser`() throws {
    var sheet = ContactSheet(columns: ["<b>"], side: 40)
    sheet.add([.init(Self.red, notes: ["\"&<script>"])])
    let drawing = String(decoding: try sheet.svg(texts: ["a\"": "<"]), as: UTF8.self)
    #expect(!drawing.contains("<script") && !drawing.contains("<b>") && drawing.contains("&lt;b&gt;"))
  }
}
