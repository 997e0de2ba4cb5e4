import Testing

@testable import ModelFormats

@Suite struct NearestTests {
  @Test func `The edit distance`() {
    func distance(_ first: String, _ second: String) -> Int { editDistance(Array(first.utf8), Array(second.utf8)) }
    #expect(distance("", "") == 0)
    #expect(distance("", "abc") == 3)
    #expect(distance("abc", "") == 3)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("explian", "explain") == 1)
    #expect(distance("colourmap", "colormap") == 1)
  }

  @Test func `The nearest word`() {
    let words = ["json", "jsonl", "output", "output-dir", "alpha"]
    #expect(nearest(to: "jsn", among: words) == "json")
    #expect(nearest(to: "JSON", among: words) == "json")
    #expect(nearest(to: "out", among: words) == "output")
    #expect(nearest(to: "ahpla", among: words) == "alpha")
    #expect(nearest(to: "x", among: [String]()) == nil)
    #expect(nearest(to: "x", among: words) == nil && nearest(to: "layers", among: words) == nil)
  }
}
