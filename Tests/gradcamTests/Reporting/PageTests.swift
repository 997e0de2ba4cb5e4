import Foundation
import ModelFormats
import Testing

@testable import gradcam

@Suite struct PageTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `No tag can begin or end inside the data`() throws {
    let hostile = #"{"image":"</script><!-- & --><script>"}"#
    let escaped = text(ReportPage.escaped(hostile.utf8))
    #expect(escaped == #"{"image":"\u003c/script\u003e\u003c!-- \u0026 --\u003e\u003cscript\u003e"}"#)
    #expect(try JSON(escaped)["image"].text == "</script><!-- & --><script>")
  }

  @Test func `A template is filled once`() {
    let page = ReportPage.filled(Array("<{{a}}|{{b}}|{{a}}> { {c} }".utf8), ["a": Array("{{b}}".utf8), "b": [0x78]])
    #expect(text(page) == "<{{b}}|x|{{b}}> { {c} }")
  }

  @Test func `A page holds what it is given and calls no network`() throws {
    let heading = ReportPage.Heading(title: "a </title> & b", version: "1", verdicts: ["constant": "the same"])
    let page = text(try ReportPage.html(heading, items: Array(#"{"record":{}}"#.utf8)))
    #expect(page.contains("<title>a &lt;/title&gt; &amp; b</title>"))
    #expect(page.contains("default-src 'none'") && !page.contains("http:") && !page.contains("https:"))
    let data = try JSON(try #require(PageData.text(of: page)))
    #expect(data["title"].text == "a </title> & b" && data["items"].count == 1)
    #expect(data["verdicts"]["constant"].text == "the same")
    let other = text(try ReportPage.html(heading, items: []))
    #expect(nonce(page) != nonce(other) && (nonce(page)?.count ?? 0) > 16)
    #expect(page.ranges(of: "<script").count == 2)
  }

  private func nonce(_ page: String) -> Substring? {
    page.split(separator: "script-src 'nonce-").last?.split(separator: "'").first
  }

  // MARK: - Values

  private func value(_ json: String) throws -> String {
    try encodedJSON(try JSONDecoder().decode(PageValue.self, from: Data(json.utf8)))
  }

  @Test func `Keys stay, known or not`() throws {
    let json = #"{"a":[1,-2.5,true,false,null,"x\n",[],{}],"b":{"image":"ü"},"c":1e-07,"d":0,"e":1}"#
    #expect(try value(json) == json)
  }

  @Test func `Outlines become their number`() throws {
    #expect(try value(#"{"maps":[{"contours":[[[1,2],[3,4]],[[5,6]]]}]}"#) == #"{"maps":[{"contours":2}]}"#)
    #expect(try value(#"{"contours":"x"}"#) == #"{"contours":"x"}"#)
  }

  @Test func `What only programs compare stays away`() throws {
    #expect(
      try value(
        #"{"maps":[{"digest":{"sha256":"x"},"verdict":"ok"}],"options":["--signed"],"recipe":"y","version":"1"}"#)
        == #"{"maps":[{"verdict":"ok"}],"options":["--signed"],"version":"1"}"#)
  }

  @Test func `A number that a browser would round becomes text`() throws {
    #expect(try value(#"{"seed":18446744073709551615}"#) == #"{"seed":"18446744073709551615"}"#)
    #expect(try value(#"{"seed":9007199254740992}"#) == #"{"seed":9007199254740992}"#)
  }
}

/// The data on a page.
enum PageData {
  static func text(of page: String) -> String? {
    guard let start = page.firstRange(of: "id=\"data\">\n") else { return nil }
    let rest = page[start.upperBound...]
    return rest.firstRange(of: "\n</script>").map { String(rest[..<$0.lowerBound]) }
  }

  /// The data of a page in a folder.
  static func of(_ name: String, in folder: Workplace) throws -> JSON {
    try JSON(try #require(folder.text(name).flatMap(text)))
  }
}
