import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What exporters write beside a network, read from ONNX files.
@Suite struct RemarksTests {
  /// A network of three classes that takes 3×8×8, with metadata.
  private func model(
    _ metadata: [String: String], input: [Int] = [1, 3, 8, 8], type: Int = 1, first: [Wire] = [], begun: String = "x",
    preprocess: String? = nil
  ) throws -> Model {
    let weight = Self.bytes(Array(repeating: 0.1, count: 81))
    let image = Wire().string(1, "x").message(
      2,
      Wire().message(
        1, Wire().int(1, type).message(2, Wire().messages(1, input.map { Wire().int(1, $0) }))))
    let nodes =
      first + [
        .node("", "Conv", [begun, "w"], ["c"]), .node("", "Relu", ["c"], ["r"]),
        .node("", "GlobalAveragePool", ["r"], ["p"]), .node("", "Flatten", ["p"], ["y"]),
      ]
    let graph = Wire.graph(
      nodes, inputs: [image], outputs: [.value("y", [1, 3])],
      initializers: [
        .tensor("w", [3, 3, 3, 3], raw: weight), .tensor("k", [], raw: Self.bytes([255])),
        .tensor("m", [3], raw: Self.bytes([0.485, 0.456, 0.406])),
        .tensor("s", [3], raw: Self.bytes([0.229, 0.224, 0.225])),
      ])
    let file = metadata.sorted { $0.key < $1.key }.reduce(Wire.model(graph)) { wire, entry in
      wire.message(14, Wire().string(1, entry.key).string(2, entry.value))
    }
    var overrides = Model.Overrides()
    overrides.preprocessing = preprocess
    return try Model.load(FileBytes(copying: file.bytes), overrides)
  }

  private static func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { [UInt8]($0) } }

  private static let imagenet = "mean=0.485/0.456/0.406,std=0.229/0.224/0.225"
  private static let sizes = "resize=8,crop=8,interpolation=bilinear"

  /// What a file says, what comes of it, and what of it is assumed.
  private static let said: [(metadata: [String: String], preprocess: String, assumed: Bool, labels: [String])] = [
    ([:], "\(sizes),scale=255,\(imagenet)", true, []),
    (
      ["task": "classify", "imgsz": "[8, 8]", "names": #"{0: 'cat', 1: "dog's", 2: 'x'}"#, "stride": "1"],
      "\(sizes),scale=255,mean=0,std=1", false, ["cat", "dog's", "x"]
    ),
    (["task": "classify"], "\(sizes),scale=255,mean=0,std=1", true, []),
    (["classes": "a, b,c"], "\(sizes),scale=255,\(imagenet)", true, ["a", "b", "c"]),
    (["labels": "a\nb, b\nc"], "\(sizes),scale=255,\(imagenet)", true, ["a", "b, b", "c"]),
    (["names": "['a', 'b', 'c']", "stride": "32"], "\(sizes),scale=255,\(imagenet)", true, ["a", "b", "c"]),
    (["task": "detect", "imgsz": "[8, 8]"], "\(sizes),scale=255,\(imagenet)", true, []),
    (
      ["Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"],
      "\(sizes),channels=bgr,scale=1,mean=0,std=1", true, []
    ),
    (["image.nominalpixelrange": "NORMALIZED_1_1"], "\(sizes),scale=127.5,mean=1,std=1", true, []),
    (["Image.NominalPixelRange": "Normalized_0_1"], "\(sizes),scale=255,mean=0,std=1", true, []),
    (
      [
        "model_info mean_values": "10 20 30", "model_info scale_values": "1 2 3", "model_info labels": "a b_c d",
        "model_info reverse_input_channels": "False",
      ], "\(sizes),scale=1,mean=10/20/30,std=1/2/3", true, ["a", "b_c", "d"]
    ),
    (
      [
        "standardization_mean": "[0.4, 0.5, 0.6]", "standardization_std": "[0.1, 0.2, 0.3]",
        "class_names": #"{"0": "a", "1": "b", "2": "c"}"#,
      ], "\(sizes),scale=255,mean=0.4/0.5/0.6,std=0.1/0.2/0.3", true, ["a", "b", "c"]
    ),
    (
      [
        "pretrained_cfg":
          #"{"input_size": [3, 8, 8], "mean": [0.5], "std": [0.5], "crop_pct": 0.9, "interpolation": "bicubic"}"#
      ], "resize=8,crop=8,interpolation=bicubic,scale=255,mean=0.5,std=0.5", false, []
    ),
    (
      [
        "preprocessor_config": """
        {"size": {"shortest_edge": 9}, "do_center_crop": true, "crop_size": {"height": 8, "width": 8}, "resample": 3,
        "image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 0.5, 0.5], "rescale_factor": 0.00392156862745098}
        """, "id2label": #"{"0": "a", "1": "b", "2": "c"}"#,
      ], "resize=9,crop=8,interpolation=bicubic,scale=255,mean=0.1/0.2/0.3,std=0.5,crop-rounding=down",
      false,
      ["a", "b", "c"]
    ),
  ]

  @Test(arguments: said.indices) func `What a file says is what is done`(_ index: Int) throws {
    let (metadata, preprocess, isAssumed, labels) = Self.said[index]
    let model = try model(metadata)
    #expect(model.preprocessing.description == preprocess)
    #expect(model.assumed.contains(.preprocess) == isAssumed && model.labels == labels && model.notes == [])
    let typed = try self.model(metadata, preprocess: "std=0.7")
    let parts = preprocess.split(separator: ",std=")
    let rest = parts[1].drop { $0 != "," }
    #expect(typed.preprocessing.description == "\(parts[0]),std=0.7\(rest)")
  }

  /// What makes no sense, and how the line about it begins.
  private static let odd: [(metadata: [String: String], note: String)] = [
    (["labels": "imagenet"], "the file's labels is no list of names, and is passed over"),
    (["names": "{0: 'cat', 1"], "the file's names is no list of names, and is passed over"),
    (["names": "['a', 'b']"], "the file names 2 classes, and the model has 3: the names are passed over"),
    (["names": "{0: 'a', 1: 'b', 7: 'c'}"], "the file's names is no list of names, and"),
    (["names": "{0: 'a', 1: 'b', 1: 'c'}"], "the file's names is no list of names, and"),
    (["names": #"['a\n', 'b', 'c']"#], "the file's names is no list of names that can be printed"),
    (["names": String(repeating: "[", count: 9999)], "the file's names is no list of names"),
    (["task": "classify", "imgsz": "[1e99, 2]"], "the file's imgsz is no size of an image"),
    (["task": "classify", "imgsz": "[64, 64]"], "Ultralytics' metadata make 64×64 images, which is passed over"),
    (["Image.NominalPixelRange": "x"], "the file's Image.NominalPixelRange is no range of samples"),
    (
      ["Image.BitmapPixelFormat": "Gray8"],
      "the file's metadata of images: channels=gray makes 1, and the model takes 3"
    ),
    (["model_info mean_values": "1 x 2"], "the file's model_info mean_values is no list of numbers"),
    (["mean": "[123, 116, 103]", "std": "[58, 57, 57]"], "the file's mean is no mean of samples from 0 to 1"),
    (["mean": "[0.1, 0.2]", "std": "[1, 1]"], "the file's mean and std: mean has 2 values"),
    (["pretrained_cfg": "[]"], "the file's pretrained_cfg is no dictionary"),
    (["preprocessor_config": #"{"size": {"height": -1}}"#], "the file's size is no size of an image"),
  ]

  @Test(arguments: odd.indices) func `What makes no sense is passed over with a line`(_ index: Int) throws {
    let (metadata, note) = Self.odd[index]
    let model = try model(metadata)
    #expect(model.notes.map(\.description).contains { $0.hasPrefix(note) }, "\(model.notes)")
    #expect(model.labels.isEmpty && model.assumed.contains(.preprocess))
    #expect(try model.preprocessor().specification.fixedSize ?? (0, 0) == (8, 8))
  }

  @Test func `Names that checkpoints keep`() {
    func table(_ entries: [(String, PlainValue)]) -> PlainValue {
      .table(entries.map { PlainValue.Entry(key: $0.0, value: $0.1) })
    }
    let list = PlainValue.list([.string("cat"), .string("dog")])
    let kept: [[String: PlainValue]] = [
      ["class_to_idx": table([("dog", .number(1)), ("cat", .number(0))])], ["classes": list],
      ["meta": table([("epoch", .number(3)), ("CLASSES", list)])],
      ["meta": table([("dataset_meta", table([("classes", list)]))])],
    ]
    for entries in kept {
      let remarks = Remarks(entries)
      #expect(remarks.labels == ["cat", "dog"] && remarks.complaints.isEmpty && remarks.said == nil)
    }
    #expect(Remarks(["arch": .string("resnet18")]).architecture == "resnet18")
    #expect(Remarks(["classes": .number(3), "epoch": .number(7)]).complaints.count == 1)
  }

  private static let normalization: [Wire] = [
    .node("", "Div", ["x", "k"], ["a"]), .node("", "Sub", ["a", "m"], ["b"]), .node("", "Div", ["b", "s"], ["n"]),
    .node(
      "", "Transpose", ["n"], ["t"],
      attributes: [Wire().string(1, "perm").int(8, 0).int(8, 3).int(8, 1).int(8, 2).int(20, 7)]),
  ]

  @Test func `Channels last, behind the constants that normalise them`() throws {
    let model = try model([:], input: [1, 8, 8, 3], first: Self.normalization, begun: "t")
    #expect(model.inputShape == Shape(1, 3, 8, 8))
    #expect(model.preprocessing.description == "\(Self.sizes),scale=1,mean=0,std=1")
    let source = model.preprocessingSource.description
    #expect(source.hasPrefix("assumed, for the graph itself takes 123.7/116.3/103.5 away and divides by 58."))
    #expect(model.warnings == [])
    let twice = try self.model([:], input: [1, 8, 8, 3], first: Self.normalization, begun: "t", preprocess: "imagenet")
    #expect(twice.warnings.count == 1 && twice.warnings[0].description.contains("which preprocess raw fits"))
  }

  @Test func `What a file says and its graph does is done once`() throws {
    let said = ["mean": "[0.485, 0.456, 0.406]", "std": "[0.229, 0.224, 0.225]"]
    let model = try model(said, input: [1, 8, 8, 3], first: Self.normalization, begun: "t")
    #expect(model.preprocessing.description == "\(Self.sizes),scale=1,mean=0,std=1")
    #expect(model.warnings == [] && model.notes.contains { $0.description.hasSuffix("; done once") })
  }

  @Test func `Whole samples`() throws {
    let cast = [Wire.node("", "Cast", ["x"], ["f"], attributes: [Wire().string(1, "to").int(3, 1).int(20, 2)])]
    let model = try model([:], type: 2, first: cast, begun: "f")
    #expect(model.preprocessing.description == "\(Self.sizes),scale=1,mean=0,std=1")
    let error = #expect(throws: InputError.self) {
      try self.model([:], type: 2, first: cast, begun: "f", preprocess: "unit")
    }
    #expect(
      error?.description
        == "preprocess: makes fractions, and the model takes whole samples from 0 to 255 (raw, or scale=1)")
  }
}
