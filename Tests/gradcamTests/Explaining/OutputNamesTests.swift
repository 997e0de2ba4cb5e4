import Foundation
import ModelFormats
import Testing

@testable import gradcam

@Suite struct OutputNamesTests {
  private let model = FilePath("w.bin")
  private let map = MapName(method: "gradcam", layer: "resnet_blocks.4", target: "tabby cat")

  private func overlay(_ image: ImageSource, _ words: String...) throws -> String {
    OutputNames(try explain(words), weights: model).overlay(of: image, map).description
  }

  private func heatmap(_ image: ImageSource, _ template: String) throws -> String? {
    OutputNames(try explain("--heatmap", template), weights: model).heatmap(of: image, map)?.description
  }

  private func names(_ words: String...) throws -> OutputNames {
    OutputNames(try explain(words), weights: model)
  }

  @Test func `Overlays of operands carry the stem`() throws {
    #expect(try overlay(ImageSource(operand: FilePath("x/image.jpg"))) == "image.gradcam.png")
    #expect(try overlay(ImageSource(operand: FilePath("image.v2.jpg")), "-d", "out/") == "out/image.v2.gradcam.png")
    #expect(try overlay(ImageSource(operand: FilePath("-"))) == "stdin.gradcam.png")
    #expect(try overlay(ImageSource(operand: FilePath("image.jpg")), "-o", "o.png") == "o.png")
  }

  @Test func `Overlays of images from folders and lists carry the name`() throws {
    let found = ImageSource(found: FilePath("a/b/x.jpg"), below: FilePath("in"))
    #expect(found.path == FilePath("in/a/b/x.jpg"))
    #expect(try overlay(found, "-d", "out") == "out/a/b/x.jpg.gradcam.png")
    #expect(try overlay(found) == "a/b/x.jpg.gradcam.png")
    #expect(
      try overlay(ImageSource(found: FilePath("x.jpg"), below: FilePath("in")), "-d", "out")
        == "out/x.jpg.gradcam.png")
    #expect(try overlay(ImageSource(listed: FilePath("/a/x.jpg")), "-d", "out") == "out/a/x.jpg.gradcam.png")
  }

  @Test func `What was asked for stands in the name`() throws {
    let image = ImageSource(operand: FilePath("i.jpg"))
    #expect(try overlay(image, "-l", "a") == "i.resnet_blocks.4.gradcam.png")
    #expect(try overlay(image, "-l", "a,b") == "i.resnet_blocks.4.gradcam.png")
    #expect(try overlay(image, "-t", "3") == "i.tabby cat.gradcam.png")
    #expect(try overlay(image, "-t", "top") == "i.gradcam.png")
    #expect(try overlay(image, "-l", "a", "-m", "saliency") == "i.gradcam.png")
    #expect(try overlay(image, "--counterfactual") == "i.against.gradcam.png")
    #expect(try overlay(image, "--counterfactual", "-t", "3", "--signed") == "i.tabby cat.against.signed.gradcam.png")
    #expect(try overlay(image, "-l", "a,b", "--fuse", "max") == "i.resnet_blocks.4.fused-max.gradcam.png")
    #expect(
      try overlay(image, "--frame", "3", "--window", "2", "-t", "3") == "i.frame-3.window-2.tabby cat.gradcam.png")
    #expect(try overlay(image, "--window", "1") == "i.window-1.gradcam.png")
    #expect(try overlay(image, "--window", "none") == "i.window-none.gradcam.png")
    // What only changes how an answer is computed or drawn.
    let look = [
      "--compat", "captum", "--scale", "2", "--score", "output", "--aug-smooth", "--eigen-smooth", "--seed", "3",
    ]
    #expect(OutputNames(try explain(look), weights: model).overlay(of: image, map).description == "i.gradcam.png")
    #expect(try overlay(image, "-t", "top5") == "i.tabby cat.gradcam.png")
    #expect(try overlay(image, "-l", "a,b", "-t", "1", "-t", "2") == "i.resnet_blocks.4.tabby cat.gradcam.png")
    #expect(try overlay(image, "-m", "fem,cam") == "i.gradcam.png")
  }

  @Test func `Heatmap templates`() throws {
    let image = ImageSource(operand: FilePath("in/i.jpg"))
    #expect(try heatmap(image, "h.npy") == "h.npy")
    #expect(
      try heatmap(image, "m/{stem}-{method}.{layer}.{target}.png") == "m/i-gradcam.resnet_blocks.4.tabby cat.png")
    #expect(try heatmap(image, "{stem}-{mode}.npy") == "i-for.npy")
    #expect(try heatmap(image, "{stem}{stem}.npy") == "ii.npy")
    #expect(try heatmap(image, "a{.npy") == "a{.npy")
    let found = ImageSource(found: FilePath("a/x.jpg"), below: FilePath("in"))
    #expect(try heatmap(found, "maps/map-{stem}.npy") == "maps/a/map-x.npy")
    #expect(try heatmap(found, "{stem}/{layer}.npy") == "a/x/resnet_blocks.4.npy")
    #expect(OutputNames(try explain(), weights: model).heatmap(of: image, map) == nil)
  }

  // MARK: - Names from anywhere

  @Test func `Labels are made safe`() {
    func safe(_ text: String) -> String { String(decoding: FileName.safe(text), as: UTF8.self) }
    #expect(safe("tabby, tabby cat") == "tabby, tabby cat")
    #expect(safe("/layer1/conv") == "_layer1_conv")
    #expect(safe("../../etc") == "___.._etc")
    #expect(safe("a\0b\nc") == "a_b_c")
    #expect(safe("") == "_")
    #expect(safe("naïve") == "naïve")
  }

  @Test func `Long names are cut between characters and keep apart`() {
    let tail = Array(".gradcam.png".utf8)
    #expect(FileName.fitted(Array(repeating: 0x61, count: 243), tail).count == 255)
    let first = FileName.fitted(Array(String(repeating: "é", count: 300).utf8), tail)
    let second = FileName.fitted(Array((String(repeating: "é", count: 299) + "e").utf8), tail)
    #expect(first.count <= 255 && first.count > 250 && first != second)
    #expect(FilePath(bytes: first).isUTF8)
    #expect(first.suffix(tail.count) == tail[...])
    // The cut name as a head of its own.
    let head = Array(first.dropLast(tail.count))
    #expect(FileName.fitted(head, tail) != first && FileName.fitted(head, tail).count <= 255)
    let short = Array("a~0123456789abcdef01234567".utf8)
    #expect(FileName.fitted(short, tail) == short + tail)
  }

  @Test func `Names differ where their bytes do`() {
    let names = DistinctNames(["\u{e9}", "e\u{301}", "E", "e"], kind: "class")
    #expect((0..<4).map { Array(names[$0].utf8) } == ["\u{e9}", "e\u{301}", "E", "e"].map { Array($0.utf8) })
    let words = DistinctNames(["a", "b"], kind: "class") { $0 == "2" }
    #expect(words[2] == "class-2" && words[3] == "3")
  }

  @Test func `Behind a layer's name no class reads as one of its modules`() throws {
    func name(_ words: [String], layer: String) throws -> String {
      QuestionNames(
        try explain(words).maps, classes: ["0", "b", "conv"], layers: [layer], modules: ["a", "a.b", "a.0", "c"],
        against: nil
      ).name(method: "m", layer: layer, target: 1).target
    }
    #expect(try name(["-l", "a"], layer: "a") == "class-1")
    #expect(try name(["-l", "c"], layer: "c") == "b")
    #expect(try name([], layer: "a") == "b")
  }

  @Test func `Places are folders without links and dots`() throws {
    let folder = Workplace()
    folder.makeFolder("d/e")
    #expect(symlink("d", folder.path("link")) == 0)
    var finder = PlaceFinder()
    let real = PlaceFinder.resolve(FilePath(folder.root))
    for path in ["d/x", "link/x", "link/./x", "d/e/../x", "missing/../d/x", "d//x"] {
      #expect(finder.place(of: FilePath(folder.path(path))) == real.appending(FilePath("d/x")))
    }
    #expect(finder.place(of: FilePath(folder.path("new/deep/x"))) == real.appending(FilePath("new/deep/x")))
    #expect(finder.place(of: FilePath("/x")) == FilePath("/x"))
  }

  @Test func `Classes of one label are told apart by their index`() {
    let names = DistinctNames(["crane", "dog", "crane", "a/b", "a_b", "crane-0"], kind: "class")
    #expect((0..<7).map { names[$0] } == ["crane-0_", "dog", "crane-2", "a_b-3", "a_b-4", "crane-0", "6"])
  }

  private func question(_ words: [String], _ classes: [String], against: Int? = nil) throws -> QuestionNames {
    QuestionNames(
      try explain(words).maps, classes: classes, layers: ["a.b", "c/d"],
      modules: ["a", "a.b", "c", "c/d", "c_d", "signed"],
      against: against)
  }

  @Test func `No label and no path reads as another question`() throws {
    let classes = ["against", "rather-than-dog", "dog", "a.b", "signed", "class-0", "fused-max"]
    let names = try question(["--against", "dog"], classes, against: 2)
    let targets = classes.indices.map { names.name(method: "m", layer: "a", target: $0).target }
    #expect(targets == ["class-0-0", "class-1", "dog", "class-3", "class-4", "class-0-5", "class-6"])
    #expect(names.words == ["rather-than-dog"] && names.mode == "rather-than-dog")
    #expect(try question([], classes).mode == "for" && question([], classes).words == [])
    let pictures = ["frame-2", "frame-x", "window-2", "window-none", "window-", "window-02", "windows"]
    let shown = try question([], pictures)
    let alike = pictures.indices.map { shown.name(method: "m", layer: "a", target: $0).target }
    #expect(alike == ["class-0", "frame-x", "class-2", "class-3", "window-", "window-02", "windows"])
    let layers = ["a.b", "c/d", "c_d", "signed", "a.b+c/d", "input"]
    #expect(layers.map { names.layer($0) } == ["a.b", "c_d-3", "c_d-4", "module-5", "a.b+c_d-3", "input"])
  }

  // MARK: - Collisions

  @Test func `A layer and a class that read as another layer and another class`() throws {
    func refusal(_ layers: [String], _ classes: [String], asked: [Int]) throws -> String? {
      let options = try explain("-l", layers.joined(separator: ","), "-t", "all")
      let question = QuestionNames(
        options.maps, classes: classes, asked: asked, layers: layers, modules: layers, against: nil)
      do {
        try OutputNames(options, weights: model, question).checkMaps(layers)
        return nil
      } catch { return "\(error)" }
    }
    let message = "--target: c at a.b and b.c at a would write one file (one layer at a time)"
    #expect(try refusal(["a", "a.b"], ["b.c", "c"], asked: [0, 1]) == message)
    #expect(try refusal(["a", "a.b"], ["b.c", "c"], asked: [1]) == nil)
    #expect(try refusal(["a", "a.b"], ["b.d", "c"], asked: [0, 1]) == nil)
    #expect(try refusal(["a/b", "a_b"], ["c"], asked: [0]) == nil)
  }

  private func refusal(_ names: OutputNames, _ images: [ImageSource], layers: [String] = ["l"]) -> String? {
    do {
      _ = try names.checkCollisions(images, layers: layers)
      return nil
    } catch { return "\(error)" }
  }

  @Test func `Two operands that would write one file`() throws {
    let (first, second) = (ImageSource(operand: FilePath("a/x.jpg")), ImageSource(operand: FilePath("b/x.png")))
    let message =
      "b/x.png: would write x.gradcam.png, as would a/x.jpg (one at a time, or their folder as the operand)"
    #expect(refusal(try names(), [first, second]) == message)
    #expect(refusal(try names(), [first, ImageSource(operand: FilePath("y.jpg"))]) == nil)
    #expect(
      refusal(try names(), [first, first])
        == "a/x.jpg: would write x.gradcam.png twice (each image once, each output its own name)")
    let listed = ["a/x.jpg", "a/x.png"].map { ImageSource(listed: FilePath($0)) }
    #expect(refusal(try names(), listed) == nil)
    #expect(refusal(try names("--heatmap", "{stem}.npy"), listed) != nil)
  }

  @Test func `Layers of one image that read as another image`() throws {
    let images = ["a.jpg", "a.x.jpg"].map { ImageSource(operand: FilePath($0)) }
    #expect(refusal(try names("-l", "x.y,y"), images, layers: ["x.y", "y"]) != nil)
    #expect(refusal(try names("-l", "x,z"), images, layers: ["x", "z"]) == nil)
  }

  @Test func `An output of one kind over another`() throws {
    let image = [ImageSource(operand: FilePath("a.jpg"))]
    #expect(
      refusal(try names("-o", "x.png", "--heatmap", "./x.png"), image)
        == "a.jpg: would write ./x.png twice (each image once, each output its own name)")
    #expect(refusal(try names("-o", "-", "--dump", "d"), image) == nil)
    #expect(refusal(try names("-o", "d.png", "--dump", "d.png"), image) != nil)
  }

  @Test(arguments: ["a.png", ".//a.png", "w.bin", "./l.txt"]) func `An output over an input`(_ output: String) throws {
    let names = try names("-o", output, "--labels", "l.txt")
    #expect(
      refusal(names, [ImageSource(operand: FilePath("a.png"))])
        == "\(output): would be replaced, but is an input (another name for the output)")
  }
}
