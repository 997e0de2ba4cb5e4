import ModelFormats
import TestSupport
import Testing

/// Models in the folders that they are published in.
@Suite struct FolderTests {
  private static let config = """
    {"architectures": ["TimmWrapperForImageClassification"], "id2label": {"0": "no", "1": "yes"}, "problem_type": null}
    """
  private static let processor = """
    {"image_processor_type": "ViTImageProcessor", "size": {"height": 256, "width": 256}, "resample": 3}
    """
  private static let preprocess = "resize=256x256,crop=none,interpolation=bicubic,scale=255,mean=0.5,std=0.5"

  /// A folder with the X-ray fixture's weights as a safetensors file, and what is said of it.
  private func folder() throws -> Workplace {
    let folder = Workplace("photo.jpg")
    folder.makeFolder("m")
    try folder.putModel("m/model.safetensors", metadata: ["format": "pt"])
    folder.put(Self.config, as: "m/config.json")
    folder.put(Self.processor, as: "m/preprocessor_config.json")
    return folder
  }

  private func card(_ model: String, in folder: Workplace) throws -> JSON {
    let outcome = try folder.run("inspect", model, "--json")
    #expect(outcome.status == 0 && outcome.errors == [], "\(outcome.errors)")
    return try JSON(outcome.text)
  }

  @Test func `A folder is read with its settings, and so is the file in it`() throws {
    let folder = try folder()
    for model in ["m", "m/", "m/model.safetensors"] {
      let card = try card(model, in: folder)
      #expect(card["preprocess"].text == Self.preprocess && card["preprocess_is_assumed"].number == 0)
      #expect(card["preprocess_reason"].text == "by the settings of preprocessor_config.json")
      #expect(card["labels"][1].text == "yes" && card["format"].text == "safetensors")
    }
    let outcome = try folder.run("explain", "photo.jpg", "-w", "m", "-o", "a.png", "-t", "YES")
    #expect(outcome.status == 0 && outcome.errors == [])
    // The settings become part of a file of ours, which is not read with what lies beside it.
    #expect(try folder.run("convert", "m", "-o", "m/w.bin").status == 0)
    folder.put(#"{"model_type": "x", "id2label": {"0": "other", "1": "names"}}"#, as: "m/config.json")
    #expect(try card("m/w.bin", in: folder)["labels"][1].text == "yes")
    #expect(try folder.run("explain", "photo.jpg", "-w", "m/w.bin", "-o", "b.png").status == 0)
    #expect(folder.picture("b.png") == folder.picture("a.png"))
  }

  /// The weights in two files, each tensor in one of them.
  private func split(_ folder: Workplace, moving change: (inout [String: String]) -> Void = { _ in }) throws {
    let state = try StateDict.load(FileBytes(copying: folder.bytes("m/model.safetensors") ?? []))
    var map: [String: String] = [:]
    for (part, tensors) in [state.tensors.prefix(9), state.tensors.dropFirst(9)].enumerated() {
      let bytes = tensors.map { FileBytes(copying: $0.floats().withUnsafeBytes(Array.init)) }
      let list = zip(tensors, bytes).map {
        (name: $0.name, type: ElementType.float32, shape: $0.shape, bytes: $1.bytes)
      }
      let name = "model-0000\(part + 1)-of-00002.safetensors"
      for tensor in tensors { map[tensor.name] = name }
      let encoded = try SafetensorsWriter.encode(tensors: list, metadata: ["format": "pt"])
      withExtendedLifetime(bytes) { folder.put(encoded, as: "m/\(name)") }
    }
    change(&map)
    folder.put("{\"metadata\": {}, \"weight_map\": \(try encodedJSON(map))}", as: "m/model.safetensors.index.json")
    _ = try Tool.shell("rm m/model.safetensors", in: folder)
  }

  @Test func `Weights in several files are one model`() throws {
    let folder = try folder()
    #expect(try folder.run("explain", "photo.jpg", "-w", "m", "-o", "whole.png").status == 0)
    try split(folder)
    for model in ["m", "m/model.safetensors.index.json", "m/model-00002-of-00002.safetensors"] {
      #expect(try folder.run("explain", "photo.jpg", "-w", model, "-o", "parts.png").status == 0)
      #expect(folder.picture("parts.png") == folder.picture("whole.png"))
    }
  }

  @Test func `A part of a model without its index is refused`() throws {
    let folder = Workplace()
    folder.put("", as: "part-00001-of-00003.safetensors")
    #expect(
      try folder.run("inspect", "part-00001-of-00003.safetensors").errors == [
        """
        gradcam: part-00001-of-00003.safetensors: is one of the 3 shards of a model, and their index is not beside it \
        (give the folder with all of them and part.safetensors.index.json)
        """
      ])
  }

  @Test func `An index that lies is refused`() throws {
    func line(_ change: (inout [String: String]) -> Void) throws -> String {
      let folder = try folder()
      try split(folder, moving: change)
      let outcome = try folder.run("inspect", "m")
      #expect(outcome.status == 2 && outcome.errors.count == 1 && outcome.text == "")
      return outcome.errors.first ?? ""
    }
    let (name, other) = ("classifier.0.weight", "model-00002-of-00002.safetensors")
    #expect(
      try line { $0[name] = "../x" }
        == "gradcam: m/model.safetensors.index.json: keeps tensor \(name) in what is no file beside it")
    #expect(try line { $0[name] = "gone" } == "gradcam: m/gone: no such file")
    let lost = "gradcam: m/model.safetensors.index.json: keeps tensor ghost in \(other), which does not hold it"
    #expect(try line { $0["ghost"] = other } == lost)
    #expect(try line { for number in 0..<70 { $0["x\(number)"] = "f\(number)" } }.contains("names more than 64 files"))
    #expect(try line { $0 = [:] }.contains("is JSON and holds no model"))
  }

  @Test func `All files that are read are in the record, and decide whether it is the same model`() throws {
    let folder = try folder()
    try split(folder)
    func run() throws -> [String] {
      let outcome = try folder.run(
        "explain", "photo.jpg", "-w", "m", "-d", "o", "--records", "r", "--resume", "--jsonl")
      #expect(outcome.status == 0)
      return outcome.lines
    }
    let record = try JSON(try #require(try run().first))
    let first = try Tool.shell("sha256sum m/model-00001-of-00002.safetensors", in: folder).text.prefix(64)
    #expect(record["model"].text == "m" && record["model_sha256"].text == String(first))
    #expect(record["model_data_sha256"].text?.count == 64)
    #expect(try run().isEmpty)
    #expect(try folder.run("verify", "r").lines.last == "1 same, 0 agrees, 0 differs, 0 not verified, 0 failed before")
    folder.put(Self.processor + "\n", as: "m/preprocessor_config.json")
    #expect(try run().count == 1)
    #expect(try folder.run("verify", "r").lines.last == "1 same, 0 agrees, 0 differs, 1 not verified, 0 failed before")
  }

  @Test func `A folder that does not tell which model is meant is refused`() throws {
    func line(_ names: [String]) throws -> String {
      let folder = Workplace()
      folder.makeFolder("m")
      for name in names { folder.put("x", as: "m/\(name)") }
      let outcome = try folder.run("inspect", "m")
      #expect(outcome.status == 2 && outcome.errors.count == 1)
      return outcome.errors.first ?? ""
    }
    let several = "(name the file that is meant)"
    #expect(
      try line(["model.safetensors", "model.onnx"])
        == "gradcam: m: holds 2 models: model.onnx, model.safetensors \(several)")
    #expect(
      try line(["a.onnx", "b.onnx", "c.onnx", "d.onnx"])
        == "gradcam: m: holds 4 models: a.onnx, b.onnx, c.onnx, … \(several)")
    #expect(try line(["m.pth", "m.pt"]) == "gradcam: m: holds 2 models: m.pt, m.pth \(several)")
    let none = "is a folder that holds no model (a file, or a folder with model.safetensors or model.onnx)"
    #expect(try line([]) == "gradcam: m: \(none)")
    #expect(try line(["optimizer.pt", "training_args.bin", "config.json", ".hidden.pth"]) == "gradcam: m: \(none)")
    #expect(try line(["tf_model.h5"]) == "gradcam: m: holds tf_model.h5, which is not read (export the model to ONNX)")
    #expect(try line(["model-00001-of-00002.safetensors"]).contains("and no index of them"))
    // One model twice: the one that transformers takes.
    #expect(try line(["model.safetensors", "pytorch_model.bin"]).hasPrefix("gradcam: m/model.safetensors: "))
    #expect(try line(["pytorch_model.bin", "optimizer.pt"]).hasPrefix("gradcam: m/pytorch_model.bin: "))
    #expect(try line(["MLmodel", "data/model.pth"]).hasPrefix("gradcam: m/data/model.pth: "))
    #expect(try line(["config.json", "onnx/model.onnx"]).hasPrefix("gradcam: m/"))
  }

  @Test func `Settings that contradict the weights are passed over with a line`() throws {
    let folder = try folder()
    func notes(_ config: String, _ processor: String? = nil) throws -> [String] {
      folder.put(config, as: "m/config.json")
      folder.put(processor ?? Self.processor, as: "m/preprocessor_config.json")
      let outcome = try folder.run("inspect", "m", "--json")
      #expect(outcome.status == 0)
      #expect(try JSON(outcome.text)["outputs"].number == 1)
      return outcome.errors
    }
    #expect(
      try notes(#"{"model_type": "vit"}"#) == [
        "gradcam: m: config.json calls it vit, and its weights are those of xray-classifier, which count"
      ])
    #expect(
      try notes(#"{"architecture": "resnet18", "num_classes": 10}"#) == [
        "gradcam: m: config.json calls it resnet18, and its weights are those of xray-classifier, which count",
        "gradcam: m: config.json tells of 10 classes, and the weights have 2, which count",
      ])
    #expect(
      try notes(#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#) == [
        "gradcam: m: config.json names 3 classes, and the model has 2: the names are passed over"
      ])
    #expect(
      try notes("{\"id2label\": 3}", "{\"size\": -3}") == [
        "gradcam: m: the folder's size is no size of an image, and is passed over",
        "gradcam: m: the folder's id2label is no list of names, and is passed over",
      ])
  }

  @Test func `Settings that ask for another network are refused by their names`() throws {
    let folder = Workplace("photo.jpg", "cifar.th")
    folder.makeFolder("m")
    _ = try Tool.shell("mv cifar.th m/model.pth", in: folder)
    func line(_ config: String) throws -> String? {
      folder.put(config, as: "m/config.json")
      let outcome = try folder.run("explain", "photo.jpg", "-w", "m", "-o", "a.png", "--quiet")
      #expect(outcome.status == (outcome.errors.isEmpty ? 0 : 2))
      return outcome.errors.first
    }
    #expect(try line(#"{"model_type": "resnet", "hidden_act": "relu"}"#) == nil)
    let way = "which gradcam does not build (export the model to ONNX: gradcam help export)"
    #expect(
      try line(#"{"model_type": "resnet", "hidden_act": "gelu"}"#)
        == "gradcam: m/config.json: says hidden_act = gelu, \(way)")
    #expect(
      try line(#"{"architecture": "x", "pretrained_cfg": {}, "global_pool": "max"}"#)
        == "gradcam: m/config.json: says global_pool = max, \(way)")
    #expect(
      try line(#"{"architecture": "x", "pretrained_cfg": {}, "model_args": {"act_layer": "silu"}}"#)
        == "gradcam: m/config.json: says act_layer = silu, \(way)")
    #expect(
      try line(#"{"architecture": "x", "pretrained_cfg": {}, "model_args": {"global_pool": "catavgmax"}}"#)
        == "gradcam: m/config.json: says global_pool = catavgmax, \(way)")
    // What `timm.save_for_hf` writes of an argument that was given and is the usual one.
    for arguments in [#"{"global_pool": "avg"}"#, #"{"output_stride": 32}"#, #"{"act_layer": null, "in_chans": 3}"#] {
      #expect(try line(#"{"architecture": "x", "pretrained_cfg": {}, "model_args": \#(arguments)}"#) == nil)
    }
  }

  @Test func `Settings that cannot be read are refused in a folder, and passed over beside a file`() throws {
    let folder = try folder()
    for name in ["config.json", "preprocessor_config.json"] {
      for text in ["{\"a\": ", "[]", String(repeating: "{\"a\":", count: 9999)] {
        folder.put(text, as: "m/\(name)")
        let refused = try folder.run("inspect", "m")
        #expect(refused.status == 2)
        #expect(
          refused.errors == ["gradcam: m/\(name): is no JSON object that can be read (copy or download it again)"])
        let beside = try folder.run("inspect", "m/model.safetensors")
        #expect(beside.status == 0)
        #expect(
          beside.errors == [
            "gradcam: m/model.safetensors: \(name) beside it is no JSON object that can be read, and is passed over"
          ])
      }
      folder.put("{\"other\": \"software\"}", as: "m/\(name)")
    }
    // A file of that name that is something else says nothing.
    #expect(try folder.run("inspect", "m/model.safetensors").errors == [])
    // Nobody waits for a pipe.
    _ = try Tool.shell("rm m/*.json && mkfifo m/config.json", in: folder)
    #expect(try folder.run("inspect", "m/model.safetensors").errors == [])
  }

  @Test func `A record that names a folder is verified from it, and no output replaces a file in it`() throws {
    let folder = try folder()
    let outcome = try folder.run(
      "explain", "photo.jpg", "-w", "m", "-o", "m/config.json.png", "--dump", "m/model.safetensors")
    #expect(outcome.status == 2 && outcome.errors.count == 1)
    #expect(outcome.errors[0].hasPrefix("gradcam: m/model.safetensors: would be replaced, but is an input"))
  }

  @Test func `An ONNX model is read with the settings beside it, or above the folder that exports go to`() throws {
    let nodes = [
      Wire.node("conv", "Conv", ["x", "w"], ["c"]), Wire.node("pool", "GlobalAveragePool", ["c"], ["p"]),
      Wire.node("flat", "Flatten", ["p"], ["y"]),
    ]
    let weights = [Float](repeating: 0.5, count: 6).withUnsafeBytes(Array.init)
    let graph = Wire.graph(
      nodes, inputs: [.value("x", [1, 3, 16, 16])], outputs: [.value("y", [1, 2])],
      initializers: [.tensor("w", [2, 3, 1, 1], raw: weights)])
    for (place, models) in [
      ("m/model.onnx", ["m", "m/model.onnx"]), ("m/onnx/model.onnx", ["m", "m/onnx/model.onnx"]),
    ] {
      let folder = Workplace()
      folder.put(Wire.model(graph).bytes, as: place)
      folder.put(#"{"model_type": "resnet", "id2label": {"0": "cat", "1": "dog"}}"#, as: "m/config.json")
      folder.put(#"{"size": {"shortest_edge": 16}, "crop_pct": 0.8}"#, as: "m/preprocessor_config.json")
      for model in models {
        let card = try card(model, in: folder)
        #expect(card["labels"][0].text == "cat" && card["format"].text == "ONNX")
        #expect(
          card["preprocess"].text
            == "resize=20,crop=16,interpolation=bicubic,scale=255,mean=0.5,std=0.5,crop-rounding=down")
      }
    }
  }

  @Test func `MLflow keeps a model and its settings in folders of their own`() throws {
    let folder = try folder()
    let places = [
      ("model.safetensors", "model"), ("config.json", "model"),
      ("preprocessor_config.json", "components/image_processor"),
    ]
    for (name, place) in places { folder.put(folder.bytes("m/\(name)") ?? [], as: "f/\(place)/\(name)") }
    folder.put("flavors:\n  transformers:\n", as: "f/MLmodel")
    let card = try card("f", in: folder)
    #expect(card["preprocess"].text == Self.preprocess && card["labels"][1].text == "yes")
    #expect(try self.card("f/model/model.safetensors", in: folder)["labels"][1].text == "yes")
  }

  @Test func `Labels of another count, and labels that are there twice`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let names = (0..<10).map { "class\($0)" }
    folder.put(try encodedJSON(names.dropLast() + ["class3"]), as: "l.json")
    folder.put(try encodedJSON(Array(names.dropLast())), as: "short.json")
    let explained = try folder.run(
      "explain", "tiny.png", "-w", "cifar.th", "--labels", "l.json", "-t", "2, 4", "-t", "top3", "--jsonl")
    #expect(explained.status == 0)
    #expect(
      explained.errors.contains("gradcam: warning: cifar.th: --labels calls the classes 3, 9 all class3"),
      "\(explained.errors)")
    let record = try JSON(explained.text)
    #expect((3...5).contains(record["maps"].count) && record["maps"][1]["target"]["label"].text == "class4")
    // Several labels make several maps, which one file cannot hold.
    let words = ["explain", "tiny.png", "-w", "cifar.th", "--labels", "l.json", "-t", "class2,Class4"]
    #expect(try Tool.run(words + ["--records", "r", "-d", "o"], in: folder).status == 0)
    #expect(folder.made.filter { $0.hasPrefix("o/") } == ["o/tiny.class2.gradcam.png", "o/tiny.class4.gradcam.png"])
    #expect(try folder.run("verify", "r").status == 0)
    let one = try Tool.run(words + ["-o", "x.png"], in: folder)
    #expect(
      one.status == 2 && one.errors.contains { $0.hasPrefix("gradcam: --output: names one file, but several targets") })
    let short = try folder.run("explain", "tiny.png", "-w", "cifar.th", "--labels", "short.json")
    #expect(short.status == 2 && short.errors == ["gradcam: --labels: has 9 labels for 10 classes (one a class)"])
    let built = try folder.run("explain", "tiny.png", "-w", "cifar.th", "--labels", "imagenet")
    #expect(built.status == 2 && built.errors == ["gradcam: --labels: has 1000 labels for 10 classes (one a class)"])
  }
}
