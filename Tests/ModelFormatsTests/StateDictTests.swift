import Testing

@testable import ModelFormats

@Suite struct StateDictTests {
  private func load(_ names: [String], metadata: [String: String] = [:]) throws -> StateDict {
    let tensors = names.map {
      (name: $0, type: ElementType.float32, shape: [0], bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return try StateDict.load(FileBytes(copying: SafetensorsWriter.encode(tensors: tensors, metadata: metadata)))
  }

  @Test func `Loads safetensors with their metadata`() throws {
    let state = try StateDict.load(Fixture.file("plain.safetensors"))
    #expect(state.format == .safetensors)
    #expect(state.metadata["format"] == "pt")
    #expect(state["0.weight"]?.shape == [3, 2, 3, 3])
    #expect(state["weight"] == nil)
    try Fixture.expect(StateDict.load(Fixture.file("prefixed.safetensors")).tensors, toBe: "plain", ordered: false)
  }

  @Test(arguments: [0x80, 0x280, 0x480]) func `Headers whose length begins as a pickle are read`(length: Int) throws {
    let header = Array("{\"__metadata__\":{\"a\":\"b\"}}".utf8)
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - header.count)
    let state = try StateDict.load(FileBytes(copying: [UInt8](UInt64(length)) + header + padding))
    #expect(state.format == .safetensors && state.metadata["a"] == "b")
  }

  @Test(arguments: [
    (["module.a", "module.b"], ["a", "b"]), (["model.a", "module.b"], ["model.a", "module.b"]),
    (["_orig_mod.module.model.a"], ["a"]), (["model.model.a", "model.b"], ["b", "model.a"]),
    (["module.", "module.a"], ["module.", "module.a"]), (["modules.a"], ["modules.a"]),
    (["a", "module.b"], ["a", "module.b"]),
  ])
  func `Prefixes that all names carry are taken off`(names: [String], expected: [String]) throws {
    let state = try load(names)
    #expect(state.tensors.map(\.name).sorted() == expected)
    for name in expected { #expect(state[name] != nil) }
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "is a git-lfs pointer"),
    ("\n <!DOCTYPE html><html></html>", "is a web page"), ("<html><body>404</body></html>", "is a web page"),
    ("\u{89}HDF\r\n\u{1a}\n0000", "is an HDF5 file"), ("\u{1f}\u{8b}\u{08}0000", "is compressed with gzip"),
    (String(repeating: "\0", count: 257) + "ustar\u{0}00", "is a tar archive"),
    ("\u{1c}\0\0\0TFL3\0\0", "is a TensorFlow Lite model"), ("\u{20}\0\0\0ORTM\0\0", "is an onnxruntime model"),
    ("\u{a}\u{1a}\u{a}\u{5}input\u{12}\u{b}Placeholder", "is a frozen TensorFlow graph"),
    ("\u{a}\u{7}caffenet\u{92}\u{6}\u{10}", "is a Caffe model"), ("name: \"n\"\nlayer {\n}", "is a Caffe model"),
    ("\u{a}\u{40}\u{8}\0\u{10}\u{ff}", "is a PaddlePaddle program"),
    ("{\"base_code\": {\"magic\": \"pir\"}}", "is a PaddlePaddle program"),
    ("\u{8}\u{1}\u{12}\u{80}\u{1}\u{a}\u{20}\u{12}\u{4}\u{a}\u{2}Op", "is a TensorFlow SavedModel"),
    ("\u{8}\u{4}\u{12}\u{20}\u{a}\u{10}\u{a}\u{5}image\u{1a}", "is a Core ML model"),
    ("<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\">", "is an OpenVINO model"),
    ("model_checkpoint_path: \"model.ckpt-1\"", "is a TensorFlow checkpoint"),
    (
      String(repeating: "\0", count: 40) + "\u{57}\u{fb}\u{80}\u{8b}\u{24}\u{75}\u{47}\u{db}",
      "is a TensorFlow checkpoint"
    ),
    ("ptrt0000", "is a TensorRT engine"), ("7767517\n10 10\n", "is an ncnn model"), ("GGUF\u{3}", "is a GGUF model"),
    ("\u{81}\u{a6}params\u{82}", "is a Flax checkpoint"), ("\u{93}NUMPY\u{1}\0", "is a NumPy array"),
    ("{\"modelTopology\": {}}", "is a TensorFlow.js model"), ("{\"class_name\": \"Functional\"}", "is a Keras model"),
    ("hello, world", "is not a model file that gradcam reads"), ("x", "is not a model file that gradcam reads"),
    ("PK\u{3}\u{4}", "is cut short"), ("\u{80}", "is cut short"), ("\u{2}\0\0\0\0\0\0\0{", "is cut short"),
  ])
  func `Says what other files are`(text: String, problem: String) {
    let file = FileBytes(copying: text.unicodeScalars.map { UInt8($0.value) })
    let error = inputError { _ = try StateDict.load(file) }
    #expect(error?.problem.description.hasPrefix(problem) == true, "\(error?.description ?? "loaded")")
  }
}
