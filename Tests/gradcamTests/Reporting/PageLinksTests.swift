import Foundation
import ModelFormats
import Testing

@testable import gradcam

@Suite struct PageLinksTests {
  private let folder = Workplace()

  private func url(_ path: FilePath, from page: String = "page/report.html", base: String = "") -> String? {
    let links = PageLinks(from: FilePath(folder.path(page)), base: FilePath(folder.path(base)))
    return links.file(path).flatMap(links.url)
  }

  init() {
    for name in ["page/inner", "runs/a b", "page:x"] { folder.makeFolder(name) }
  }

  @Test func `Links lead from the page's folder`() {
    #expect(url(FilePath("page/a.png")) == "a.png")
    #expect(url(FilePath("page/inner/a.png")) == "inner/a.png")
    #expect(url(FilePath("runs/a b/c.png")) == "../runs/a%20b/c.png")
    #expect(url(FilePath("c.png"), base: "runs/a b") == "../runs/a%20b/c.png")
    #expect(url(FilePath("./runs//../runs/c.png")) == "../runs/c.png")
    #expect(url(FilePath(folder.path("runs/c.png")), base: "page") == "../runs/c.png")
    #expect(url(FilePath("runs/c.png"), from: "report.html") == "runs/c.png")
    #expect(url(FilePath("page:x/c.png"), from: "report.html") == "page%3Ax/c.png")
  }

  @Test func `No name is taken for anything but a name`() {
    #expect(url(FilePath("page/javascript:alert(1)")) == "javascript%3Aalert%281%29")
    #expect(url(FilePath("page/?q#f%41&\"'<>\\")) == "%3Fq%23f%2541%26%22%27%3C%3E%5C")
    #expect(url(FilePath("page/\n\t ")) == "%0A%09%20")
    #expect(url(FilePath(bytes: Array("page/".utf8) + [0xFF, 0xC3, 0xBC])) == "%FF%C3%BC")
    #expect(url(FilePath("page/AZaz09-._~")) == "AZaz09-._~")
  }

  @Test func `Links in the names of folders are followed`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("page/inner"))
    #expect(url(FilePath("link/a.png")) == "inner/a.png")
    #expect(url(FilePath("link/../a.png")) == "a.png")
    #expect(url(FilePath("page/a.png"), from: "link/report.html") == "../a.png")
  }

  @Test func `What is no file has no link`() {
    let links = PageLinks(from: FilePath("report.html"), base: FilePath("."))
    for path in [FilePath("-"), FilePath(""), FilePath(bytes: [0x61, 0, 0x62])] { #expect(links.file(path) == nil) }
    #expect(url(FilePath("no/such/folder.png")) == nil)
  }
}
