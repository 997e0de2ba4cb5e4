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
    ("hello, world", "is not a model file that gradcam reads"), ("x", "is not a model file that gradcam reads"),
    ("PK\u{3}\u{4}", "is cut short"), ("\u{80}", "is cut short"), ("\u{2}\0\0\0\0\0\0\0{", "is cut short"),
  ])
  func `Says what other files are`(text: String, problem: String) {
    let file = FileBytes(copying: text.unicodeScalars.map { UInt8($0.value) })
    let error = inputError { _ = try StateDict.load(file) }
    #expect(error?.problem.description.hasPrefix(problem) == true, "\(error?.description ?? "loaded")")
  }
}
