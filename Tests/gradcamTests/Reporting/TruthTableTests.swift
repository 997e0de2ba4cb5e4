import ModelFormats
import Testing

@testable import gradcam

/// Tables of images and classes, and which rows are of which images.
@Suite struct TruthTableTests {
  private func summary(_ text: String) throws -> [String] {
    let table = try TruthTable(text: text)
    return zip(table.images, table.classes).map { image, classes in
      "\(image)=\(classes.map { table.words[$0] }.joined(separator: "+"))"
    }
  }

  @Test func `An image has the classes of all its rows`() throws {
    #expect(try summary("image,class\na,x\nb,y\na,z\n./a,x\nc,\n") == ["a=x+z", "b=y", "c="])
    #expect(try TruthTable(text: "image,class\na,x\na,x\na,\nb,\nb,\nb,x").repetitions == 3)
  }

  private static let tables = [
    "image,class\nb/a,x", "\"Class\", \"File\"\nx,b//a\n", "split\tpath\tlabel\ntrain\t./b/a\t x \n",
    "filename;category\r\nb/a;x\r\n",
    "image,class,label\nb/a,x,y\n",
  ]

  @Test(arguments: tables) func `Columns stand in any order, among others`(_ text: String) throws {
    #expect(try summary(text) == ["b/a=x"])
  }

  @Test func `Names keep their commas, line ends and blanks`() throws {
    #expect(try summary("image,class\n\" a,\nb \",\"tench, Tinca tinca\"\n") == [" a,\nb =tench, Tinca tinca"])
  }

  private static let refused: [(text: String, problem: String)] = [
    ("", "is empty"), ("a,b\n", "has no heading that names an image and a class"),
    ("a.jpg,cat\nb.jpg,dog\n", "has no heading"),
    ("image\na\n", "has no heading"), ("image,class\n", "names no image"),
    ("image,class\na\n", "line 2 has fewer fields"),
    ("image,class\na,b\n,c\n", "line 3 names no image"), ("image,class\n\"a,b\nc,d", "line 2 opens a quotation mark"),
  ]

  @Test(arguments: refused) func `A file that is no such table says why`(_ text: String, _ problem: String) {
    do {
      _ = try TruthTable(text: text)
      Issue.record("it is taken")
    } catch { #expect("\(error)".hasPrefix(problem), "\(error)") }
  }

  // MARK: - Images

  /// By image its row's path: `-` for none, `?` for one of several.
  private func matches(_ images: [String], _ rows: [String]) throws -> [String] {
    let table = try TruthTable(text: "image,class\n" + rows.map { "\($0),x\n" }.joined())
    let names = TruthNames(images, in: table)
    #expect(Set(names.places.compactMap { $0 }).count == names.places.count { $0 != nil }, "two images have one row")
    return images.indices.map { image in
      names.places[image].map { table.images[$0] } ?? (names.ambiguous.contains(image) ? "?" : "-")
    }
  }

  @Test func `A path as written counts first`() throws {
    #expect(try matches(["a/1", "b/1", "./c//1"], ["c/1", "b/1", "a/1", "1"]) == ["a/1", "b/1", "c/1"])
  }

  @Test func `A folder before either path may be lacking`() throws {
    #expect(try matches(["/data/a/1", "/data/b/1"], ["b/1", "a/1"]) == ["a/1", "b/1"])
    #expect(try matches(["a/1", "b/1"], ["/x/y/b/1", "/x/y/a/1"]) == ["/x/y/a/1", "/x/y/b/1"])
    #expect(try matches(["/x/a/1"], ["1", "a/1"]) == ["a/1"])
    #expect(try matches(["ba/1"], ["a/1"]) == ["a/1"], "only by its file name")
  }

  @Test func `A file name counts where it is the only one`() throws {
    #expect(try matches(["a/1", "a/2"], ["b/1", "b/3"]) == ["b/1", "-"])
    #expect(try matches(["a/1", "b/1"], ["c/1"]) == ["?", "?"])
    #expect(try matches(["a/1"], ["b/1", "c/1"]) == ["?"])
    let table = try TruthTable(text: "image,class\nb/1,x\n")
    #expect(TruthNames(["a/1"], in: table).foundByName == 1)
    #expect(TruthNames(["z/b/1"], in: table).foundByName == 0)
  }

  @Test func `What could be several is never guessed`() throws {
    #expect(try matches(["a/1", "b/1"], ["1"]) == ["?", "?"])
    #expect(try matches(["1"], ["a/1", "b/1"]) == ["?"])
    // The row could be of either, though the one has a row of its own.
    #expect(try matches(["a/1", "b/1"], ["a/1", "1"]) == ["a/1", "?"])
    #expect(try matches(["a/1", "1"], ["a/1"]) == ["a/1", "?"])
    #expect(try matches(["x/a"], ["/a", "a"]) == ["?"])
    #expect(try matches(["a/1", "b/2"], ["a/1", "c/1"]) == ["a/1", "-"])
  }

  @Test func `Many images of one name take no longer than many names`() throws {
    let images = (0..<20_000).map { "a/\($0)/image.png" }
    #expect(try matches(images, images.map { "/data/\($0)" }) == images.map { "/data/\($0)" })
    #expect(try Set(matches(images, images.map { "x" + $0 })) == ["?"])
  }

  // MARK: - Classes

  private func classes(_ records: String...) throws -> TruthClasses {
    TruthClasses(try records.map { try decodedLine(Array(#"{"image":"a",\#($0)}"#.utf8)) })
  }

  private func entry(_ index: Int, _ label: String) -> String { #"{"index":\#(index),"label":"\#(label)"}"# }

  @Test func `Classes go by label in any case, or by index`() throws {
    let known = try classes(
      #""prediction":[\#(entry(0, "Normal")),\#(entry(1, "Pleural Effusion"))],"maps":[{"target":\#(entry(4, "e"))}]"#)
    for (word, name) in [
      ("Normal", "Normal"), ("normal", "Normal"), ("pleural_effusion", "Pleural Effusion"), ("1", "Pleural Effusion"),
      ("4", "e"), ("01", "Pleural Effusion"), ("2", nil), ("x", nil), ("-1", nil),
    ] as [(String, String?)] {
      #expect(try known.name(of: word) == name, "\(word)")
    }
    #expect(known.areComplete && known.shared == [] && known.unknownName(of: "7") == "class 7")
  }

  @Test func `Classes without labels go by index`() throws {
    let known = try classes(#""prediction":[{"index":3,"label":null},{"index":1,"label":""}]"#)
    #expect(
      try known.name(of: "3") == "class 3" && known.name(of: "class 1") == "class 1" && known.name(of: "2") == nil)
  }

  @Test func `Labels that are numbers are no indexes`() throws {
    let known = try classes(#""prediction":[\#(entry(0, "1")),\#(entry(1, "2"))]"#)
    #expect(try known.name(of: "1") == "1" && known.name(of: "0") == nil && known.unknownName(of: "0") == "0")
  }

  @Test func `A label of several classes needs its index`() throws {
    let known = try classes(#""prediction":[\#(entry(134, "crane"))]"#, #""prediction":[\#(entry(517, "crane"))]"#)
    #expect(known.shared == ["crane"])
    #expect(try known.name(of: "134") == "crane (134)" && known.name(of: "crane (517)") == "crane (517)")
    #expect(
      throws: InputError(
        "", "its class crane could be several of the model's: crane (134), crane (517)",
        remedy: "one of these names instead")
    ) {
      try known.name(of: "crane")
    }
    let models = try classes(
      #""model":"v","prediction":[\#(entry(0, "cat"))]"#,
      #""model":"w","prediction":[\#(entry(1, "cat")),\#(entry(0, "dog"))]"#)
    #expect(models.shared == [])
    #expect(try models.name(of: "cat") == "cat")
    #expect(throws: InputError.self) { try models.name(of: "0") }
  }

  @Test func `Five classes may not be all`() throws {
    #expect(try !classes(#""prediction":[\#((0..<5).map { entry($0, "c\($0)") }.joined(separator: ","))]"#).areComplete)
    #expect(try !classes(#""error":"x""#).areComplete)
    #expect(try classes(#""prediction":3,"maps":[{"target":7}],"model":[]"#).shared == [])
  }
}
