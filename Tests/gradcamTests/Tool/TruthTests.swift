import Foundation
import ModelFormats
import TestSupport
import Testing

/// Marks of the demo model's images: masks, boxes and runs, and what is wrong with them.
@Suite struct TruthTests {
  private static let models = Fixture.repository.appending(FilePath("models")).description
  private static let image = "\(models)/images/opacity-01.jpg"
  private let folder = Workplace()

  private func evaluate(_ words: String..., images: [String] = [image]) throws -> Tool.Outcome {
    try Tool.run(
      ["evaluate", "-w", "\(Self.models)/demo-xray.bin", "--records", "records"] + images + words, in: folder)
  }

  /// What was measured of the first image by the first method.
  private func map() throws -> JSON {
    let text = try #require(folder.text("records")?.split(separator: "\n").first)
    return try JSON(String(text))["maps"][0]
  }

  /// What one line says of bad marks, at status `status`.
  private func error(_ words: String..., status: Int32 = 2) throws -> String {
    let outcome = try Tool.run(
      ["evaluate", "-w", "\(Self.models)/demo-xray.bin", Self.image, "-m", "fem", "--metrics", "hit"] + words,
      in: folder)
    #expect(outcome.status == status, "\(words)")
    let line = outcome.errors.first { $0.hasPrefix("gradcam: ") && !$0.contains("warning") } ?? ""
    #expect(line.utf8.count <= 300 && !line.contains("Fatal"))
    return line
  }

  @Test func `Masks locate the demo's opacities`() throws {
    let outcome = try evaluate(
      "--masks", "\(Self.models)/masks", "--metrics", "localisation", "--by", "class,size", "--tolerance", "15",
      images: ["opacity-01", "opacity-02", "normal-01"].map { "\(Self.models)/images/\($0).jpg" })
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains {
        $0.hasPrefix("gradcam: warning: --masks: 1 of 3 images have no marks in what the model sees and are left out")
      })
    let records = try #require(folder.text("records")?.split(separator: "\n").map { try JSON(String($0)) })
    let marked = records.filter { $0["image"].text?.contains("opacity") ?? false }
    #expect(records.count == 3 && marked.count == 2)
    for record in marked {
      let map = record["maps"][0]
      let share = try #require(map["truth_share"].number)
      #expect(share > 0 && share < 0.3)
      // The demo model was trained on such drawings: its map lies on them, and chance does not.
      #expect((map["metrics"]["auroc"].number ?? 0) > 0.8)
      #expect((map["metrics"]["energy"].number ?? 0) > 2 * share)
    }
    #expect(outcome.lines.contains { $0.hasPrefix("class opacity, 2 images") })
    #expect(outcome.lines.contains { $0.contains(" findings, ") })
    #expect(outcome.lines.contains { $0.contains("iou-best ↑") })
  }

  @Test func `Images are measured again where their marks changed`() throws {
    func share(_ width: Int?) throws -> [String] {
      if let width { folder.put("image,x,y,width,height\nopacity-01.jpg,40,60,\(width),60\n", as: "marks.csv") }
      let outcome = try evaluate("--boxes", "marks.csv", "--metrics", "energy", "--resume")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.errors
    }
    _ = try share(40)
    #expect(try !share(200).contains { $0.contains("finished before") })
    #expect(try share(nil).contains { $0.contains("1 finished before") })
    let records = try #require(folder.text("records")?.split(separator: "\n").map { try JSON(String($0)) })
    let shares = records.compactMap { $0["maps"][0]["truth_share"].number }
    #expect(shares.count == 2 && shares[1] > 3 * shares[0], "\(shares)")
  }

  @Test func `A mask, its box and its runs are one finding in every format`() throws {
    // A rectangle of pixels 40…79 by 60…119 of 256.
    let (width, height) = try size()
    let box = "40,60,40,60"
    let name = "opacity-01.jpg"
    let runs = (0..<40).flatMap { $0 == 0 ? [40 * height + 60, 60] : [height - 60, 60] }
    let rest = width * height - runs.reduce(0, +)
    folder.put("image,x,y,width,height,class\n\(name),\(box),Opacity\n", as: "a.csv")
    folder.put("\u{FEFF}xmin,ymin,xmax,ymax,image\r\n40,60,80,120,\"\(name)\"\r\n", as: "b.csv")
    folder.put(
      """
      {"annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [\(box)], "segmentation": [[1, 2]]}],
       "categories": [{"id": 3, "name": "opacity"}],
       "images": [{"id": 7, "file_name": "train/\(name)", "width": \(width), "height": \(height)}]}
      """, as: "c.json")
    // A segmentation says more than the box around it.
    for (file, segmentation) in [
      ("g.json", "[[1, 2], [40, 60, 80, 60, 80, 120, 40, 120]]"),
      ("h.json", #"{"size": [\#(height), \#(width)], "counts": \#(runs + [rest])}"#),
    ] {
      folder.put(
        """
        {"images": [{"id": 7, "file_name": "\(name)"}], "categories": [{"id": 3, "name": "opacity"}], "annotations":
         [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [0, 0, 400, 400], "segmentation": \(segmentation)}]}
        """, as: file)
    }
    folder.put(
      """
      <?xml version="1.0"?><!-- one <object> --><annotation><filename>\(name)</filename>
      <size><width>\(width)</width><height>\(height)</height><depth>1</depth></size>
      <object><name>opacity</name><difficult/><bndbox><xmin>41</xmin><ymin>61</ymin><xmax>80</xmax><ymax>120</ymax></bndbox>
      <part><bndbox><xmin>1</xmin></bndbox></part></object></annotation>
      """, as: "d/opacity-01.xml")
    folder.put(
      #"{"images_opacity-01": {"opacity": {"size": [\#(height), \#(width)], "counts": \#(runs + [rest])}}}"#,
      as: "e.json")
    folder.put(
      #"{"opacity-01": {"Opacity": {"size": [\#(height), \#(width)], "counts": \#(Self.compressed(runs + [rest]))}}}"#,
      as: "f.json")
    var found: [String] = []
    for file in ["a.csv", "b.csv", "c.json", "d", "d/opacity-01.xml", "e.json", "f.json", "g.json", "h.json"] {
      folder.put("", as: "records")
      let outcome = try evaluate("--boxes", file, "--metrics", "localisation", "-m", "layercam")
      #expect(outcome.status == 0, "\(file): \(outcome.errors)")
      let map = try map()
      #expect(map["target"]["label"].text == "opacity")
      let names = map["metrics"].keys
      let values = names.map { "\($0)=\(map["metrics"][$0].number ?? -1)" } + ["\(map["truth_share"].number ?? -1)"]
      found.append(values.joined(separator: " "))
    }
    #expect(Set(found).count == 1, "\(found)")
  }

  @Test func `Small numbers of an array belong to a mask as 255 of a picture do`() throws {
    folder.put("image,xmin,ymin,xmax,ymax\nopacity-01.jpg,0,0,501,300\n", as: "box.csv")
    let kinds: [(type: String, mark: [UInt8])] = [("|b1", [1]), ("|u1", [1]), ("<f4", [0x17, 0xB7, 0xD1, 0x38])]
    var found: [String] = []
    for (number, kind) in kinds.enumerated() {
      let header = "{'descr': '\(kind.type)', 'fortran_order': False, 'shape': (599, 501), }"
      let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      let rest = [UInt8](repeating: 0, count: 299 * 501 * kind.mark.count)
      let marks = (0..<300 * 501).flatMap { _ in kind.mark }
      folder.put(
        [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + marks + rest,
        as: "m\(number)/opacity-01.npy")
      folder.put("", as: "records")
      #expect(try evaluate("--masks", "m\(number)", "--metrics", "energy", "-m", "fem").status == 0)
      let map = try map()
      found.append("\(map["truth_share"].number ?? -1) \(map["metrics"]["energy"].number ?? -1)")
    }
    #expect(Set(found).count == 1 && !found[0].contains("-1"), "\(found)")
  }

  @Test func `Marks that do not fit are told in one line`() throws {
    folder.put("image,x,y,width,height,class\nopacity-01.jpg,1,1,5,5,cat\n", as: "cat.csv")
    #expect(try error("--boxes", "cat.csv").contains("cat.csv: the model has none of its classes: cat ("))
    folder.put("image,x,y,width,height\nopacity-01.jpg,9000,1,5,5\n", as: "out.csv")
    #expect(
      try error("--boxes", "out.csv", status: 1).contains(
        "out.csv: for opacity-01.jpg it has a box at (9000, 1), outside the image of "))
    folder.put("image,x,y,width,height\nopacity-01.jpg,1,1,-5,5\n", as: "bad.csv")
    #expect(try error("--boxes", "bad.csv").contains("bad.csv: line 2 has a box of opacity-01.jpg that is -5×5 pixels"))
    folder.put("image,x,y,width,height\nopacity-01.jpg,1,nan,5,5\n", as: "nan.csv")
    #expect(try error("--boxes", "nan.csv").contains("line 2 has a box that is no four numbers"))
    folder.put(#"{"opacity-01": {"opacity": {"size": [4, 4], "counts": [4, 4, 8]}}}"#, as: "small.json")
    #expect(
      try error("--boxes", "small.json", status: 1).contains(
        "small.json: for opacity-01.jpg it marks an image of 4×4 pixels, and the image has "))
    #expect(try error().contains("--metrics: hit needs to know where the class is (--masks DIR or --boxes FILE)"))
    #expect(try error("--boxes", "bad.csv", "--masks", ".").contains("--masks: cannot be combined with --boxes"))
    #expect(try error("--masks", "bad.csv").contains("bad.csv: is no folder"))
    #expect(try error("--boxes", "none").contains("none: no such file"))
    folder.makeFolder("masks")
    #expect(try error("--masks", "masks").contains("masks: holds no mask"))
    folder.put(try Data(contentsOf: URL(fileURLWithPath: "\(Self.models)/example.jpg")), as: "masks/opacity-01.jpg")
    let misfit = try error("--masks", "masks", status: 1)
    #expect(misfit.contains("opacity-01.jpg: marks an image of 862×344 pixels, and the image has 501×599 ("))
    folder.put("junk", as: "masks/opacity-01.png")
    #expect(try error("--masks", "masks", status: 1).contains("is one of 2 masks of its image"))
  }

  @Test func `A class that the model lacks beside one that it has is a warning`() throws {
    folder.put(
      "image,x,y,width,height,class\nopacity-01.jpg,1,1,5,5,cat\nopacity-01.jpg,40,60,40,60,1\n", as: "two.csv")
    let outcome = try evaluate("--boxes", "two.csv", "--metrics", "hit", "-m", "fem")
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains(
        "gradcam: warning: --boxes: the model has no class cat; marks of such are left out"))
  }

  @Test func `Hostile marks are refused, and nothing falls over`() throws {
    let deep = String(repeating: "[", count: 200_000)
    let hostile = [
      "", "{", "{}", "{\"a\"", #"{"annotations": [], "images": 3}"#, #"{"annotations": \#(deep)}"#, #"{"a": {"b": 3}}"#,
      #"{"annotations": [{"image_id": 1, "segmentation": \#(deep)}], "images": []}"#,
      #"{"annotations": [{"image_id": 1, "segmentation": {"size": [4, 4]}}], "images": []}"#,
      #"{"annotations": [{"image_id": 1e300, "bbox": [0, 0, 1, 1]}], "images": []}"#,
      #"{"annotations": [{"image_id": 1, "bbox": [0, 0, 1e308, 1]}], "images": [{"id": 1, "file_name": "opacity-01.jpg"}]}"#,
      #"{"opacity-01": {"opacity": {"size": [1e18, 1e18], "counts": "1"}}}"#,
      #"{"opacity-01": {"opacity": {"size": [-1, 4], "counts": "1"}}}"#,
      #"{"opacity-01": {"opacity": {"size": [256, 256], "counts": "oooooooooooooooo"}}}"#,
      "<", "<a>", "<annotation></annotation", "<!--", String(repeating: "<a>", count: 10_000),
      "<annotation><object></object></annotation>", "a,b\n1,2\n", "image,x,y,width,height\n\"", "\u{0}\u{1}\u{2}",
      "image,x,y,width,height\nopacity-01.jpg,1e999,1,1,1\n",
    ]
    for (number, text) in hostile.enumerated() {
      folder.put(text, as: "hostile")
      let outcome = try Tool.run(
        [
          "evaluate", "-w", "\(Self.models)/demo-xray.bin", Self.image, "-m", "fem", "--metrics", "hit", "--boxes",
          "hostile",
        ],
        in: folder)
      #expect(outcome.status == 1 || outcome.status == 2, "\(number): \(outcome.errors)")
      #expect(
        outcome.errors.contains { $0.hasPrefix("gradcam: hostile: ") && $0.utf8.count <= 300 },
        "\(number): \(outcome.errors)")
    }
  }

  private func size() throws -> (width: Int, height: Int) {
    _ = try evaluate("-m", "fem", "--metrics", "complexity")
    let text = try #require(folder.text("records")?.split(separator: "\n").first)
    let record = try JSON(String(text))
    return (Int(record["width"].number ?? 0), Int(record["height"].number ?? 0))
  }

  /// Runs in pycocotools' spelling, as JSON.
  private static func compressed(_ counts: [Int]) -> String {
    var text = ""
    for (place, count) in counts.enumerated() {
      var value = place > 2 ? count - counts[place - 2] : count
      while true {
        let bits = value & 0x1F
        value >>= 5
        let isMore = bits & 0x10 != 0 ? value != -1 : value != 0
        text.unicodeScalars.append(Unicode.Scalar(UInt8(48 + bits + (isMore ? 0x20 : 0))))
        if !isMore { break }
      }
    }
    return "\"\(text.replacingOccurrences(of: "\\", with: "\\\\"))\""
  }
}
