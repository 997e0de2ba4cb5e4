import ModelFormats
import TestSupport
import Testing

@testable import gradcam

/// Files of labels, as scripts leave them.
@Suite struct LabelFileTests {
  private static let pets = ["cat", "dog", "fox"]

  private static let read: [(text: String, labels: [String])] = [
    ("cat\ndog\nfox\n", pets), ("cat\r\ndog\r\nfox\r\n\r\n", pets), ("\u{FEFF}cat\ndog\nfox", pets),
    (#"["cat", "dog", "fox"]"#, pets), (" \n[\"cat\",\n\"dog\",\n\"fox\"]\n", pets),
    ("\u{FEFF}[\"cat\", \"dog\", \"fox\"]", pets),
    (#"{"0": "cat", "1": "dog", "2": "fox"}"#, pets), (#"{"2": "fox", "0": "cat", "1": "dog"}"#, pets),
    (#"{"cat": 0, "fox": 2, "dog": 1}"#, pets), ("{0: 'cat', 1: 'dog', 2: 'fox'}", pets),
    (#"{"0": ["n01", "cat"], "1": ["n02", "dog"], "2": ["n03", "fox"]}"#, pets),
    (#"{"model_type": "vit", "id2label": {"0": "cat", "1": "dog", "2": "fox"}, "x": 3}"#, pets),
    (#"{"label_names": ["cat", "dog", "fox"]}"#, pets), (#"{"0": 0, "1": 1}"#, ["0", "1"]),
    ("index,name\n0,cat\n1,dog\n2,fox\n", pets), ("Label;ID\r\nfox;2\r\ncat;0\r\ndog;1\r\n", pets),
    ("id\tlabel\textra\n0\tcat\tx\n1\tdog\ty\n2\tfox\tz", pets), ("class,label\n0,cat\n1,dog\n2,fox\n", pets),
    ("name,class\ncat,0\ndog,1\nfox,2\n", pets), ("0,cat\n1,dog\n2,fox\n", pets),
    ("class_index,class_name,n\n\n2,fox,1\n0,cat,2\n1,dog,3", pets),
    ("index,label\n0,\"cat, \"\"tabby\"\"\"\n1,\"a\nb\"\r\n2, fox \n", [#"cat, "tabby""#, "a\nb", " fox "]),
    ("tench, Tinca tinca\ngoldfish, Carassius auratus\n", ["tench, Tinca tinca", "goldfish, Carassius auratus"]),
    (#"{"cat": "0", "fox": "2", "dog": "1"}"#, pets), (#"{"0": "1", "1": "0"}"#, ["1", "0"]),
    (#"{"seven": "1", "3": "0"}"#, ["3", "seven"]),
    (#"[{"id": 0, "name": "cat"}, {"id": 2, "name": "fox"}, {"id": 1, "name": "dog"}]"#, pets),
    (#"[{"index": "1", "label": "dog"}, {"index": "0", "label": "cat"}]"#, ["cat", "dog"]),
    (#"[{"label": 1, "class": "dog", "n": null}, {"label": 0, "class": "cat"}]"#, ["cat", "dog"]),
    (#"{"categories": [{"supercategory": "pet", "id": 0, "name": "cat"}]}"#, ["cat"]),
    (#"[{"name": "cat"}, {"name": "dog"}]"#, ["cat", "dog"]), (#"{"idx2label": ["cat", "dog"]}"#, ["cat", "dog"]),
    ("label\ncat\ndog\nfox\n", pets), ("\u{FEFF}Class Name\r\ncat\r\n\"dog\"\r\nfox\r\n", pets),
    ("labels\ntench, Tinca tinca\ngoldfish\n", ["tench, Tinca tinca", "goldfish"]),
    ("name,synset\ncat,n1\ndog,n2\nfox,n3\n", pets), (",label\n1,dog\n0,cat\n2,fox\n", pets),
    ("text\ntitle\n", ["text", "title"]), ("index\ncat\n", ["index", "cat"]),
    ("0 cat\n1 dog\n2 fox\n", pets), ("0: cat\r\n1: dog\r\n2: fox\r\n", pets), ("0:cat\n1:dog\n2:fox\n\n", pets),
    ("0\tcat\n1\tdog\n2\tfox", pets), ("0. cat\n1. dog\n2. fox", pets),
    ("0, cat, tabby\n1, dog", ["cat, tabby", "dog"]),
    // Numbers that are a part of names, and no count from 0.
    ("0.5 mm\n1.5 mm\n2.5 mm\n", ["0.5 mm", "1.5 mm", "2.5 mm"]),
    ("0 stars\n1 star\n2 stars\n", ["0 stars", "1 star", "2 stars"]),
    ("1 cat\n2 dog\n", ["1 cat", "2 dog"]), ("0 cat\ndog\n", ["0 cat", "dog"]), ("0 cat\n1\n", ["0 cat", "1"]),
    ("[background]\ncat\n", ["[background]", "cat"]), ("\"quoted, not closed\nx\n", ["\"quoted, not closed", "x"]),
  ]

  @Test(arguments: read.indices) func `Labels in every form`(_ index: Int) throws {
    let (text, labels) = Self.read[index]
    #expect(try LabelFile.labels(FileBytes(copying: Array(text.utf8))) == labels)
  }

  private static let refused: [(text: String, line: String)] = [
    ("cat\n\ndog\n", "line 2 is blank"), (#"["cat", "dog""#, "is no JSON that can be read"),
    ("{}", "is JSON that holds no names"),
    ("[]", "is an empty list"), (#"["cat", {"name": "dog"}]"#, "is a list whose element 1 is no name"),
    ("[1, 2]", "is a list whose element 0"),
    (#"{"a": {"b": 1}}"#, "has under a neither a name nor an index"), (#"{"a": "b"}"#, "has under a neither"),
    (#"{"cat": 0.5}"#, "gives cat an index that is no whole number"),
    (#"{"0": "cat", "2": "dog"}"#, "names 2 classes, and one of them is number 2 (indexes from 0, without a gap)"),
    (#"{"1": "cat", "2": "dog"}"#, "counts its 2 classes from 1 (indexes from 0, without a gap)"),
    (#"{"cat": 0, "dog": 0}"#, "names class 0 twice, cat and dog"),
    (#"{"0": "cat", "-1": "dog"}"#, "names 2 classes, and one of them is number -1"),
    (#"["cat", ""]"#, "gives class 1 an empty name"),
    ("index,label\n0,cat\n2,dog\n", "names 2 classes, and one of them is number 2"),
    ("index,label\n0,cat\n1\n", "line 3 has 1 field(s), fewer than the heading"),
    ("index,label\n", "has a heading and no rows"),
    ("index,label\nx,cat\n", "line 2: x is no class's index"), ("index,label\n0,cat\n0,dog\n", "names class 0 twice"),
    (#"[{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]"#, "counts its 2 classes from 1 (indexes from 0"),
    (#"[{"id": 0, "name": "cat"}, {"id": 0, "name": "dog"}]"#, "names class 0 twice, cat and dog"),
    (#"[{"id": 0}, {"id": 1}]"#, "is a list of objects that do not all have a name (a label a line; JSON such as"),
    (#"{"0": "cat", "x": "dog"}"#, "has under x neither a name nor an index"),
    ("0,cat\n2,dog\n", "names 2 classes, and one of them is number 2"),
    ("label\n", "has a heading and no rows"), ("label\ncat\n\ndog\n", "line 3 is blank"),
    ("label\n\"cat\ndog\n", "has a quotation mark that is not closed"),
    ("index,label\n0,\"cat\n1,dog\n", "has a quotation mark that is not closed"),
    (String(repeating: "[", count: 100_000), "is no JSON that can be read"),
  ]

  @Test(arguments: refused.indices) func `What is no list of labels is refused in a line`(_ index: Int) throws {
    let (text, line) = Self.refused[index]
    let error = #expect(throws: InputError.self) { try LabelFile.labels(FileBytes(copying: Array(text.utf8))) }
    #expect(error?.description.hasPrefix(line) == true, "\(error?.description ?? "")")
    #expect((error?.description.utf8.count ?? 0) < 200)
  }

  @Test func `UTF-16 is told by its mark`() {
    for start in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] {
      let error = #expect(throws: InputError.self) { try LabelFile.labels(FileBytes(copying: start + [0, 97])) }
      #expect(error?.description == "is UTF-16 text, not UTF-8 (iconv -f UTF-16 -t UTF-8)")
    }
  }

  @Test func `ImageNet's names are built in`() throws {
    let names = try LabelFile.read(LabelFile.imagenet)
    #expect(names.count == 1000 && Set(names).count == 1000 && names[281] == "tabby" && names[999] == "toilet tissue")
    let file = Fixture.repository.appending(FilePath("models/labels/imagenet-1k.txt"))
    #expect(try LabelFile.read(file) == names)
  }
}
