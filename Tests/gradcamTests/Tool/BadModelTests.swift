import ModelFormats
import Testing

/// Models that cannot be loaded: status 2, one line, no image read and nothing left.
@Suite struct BadModelTests {
  /// The line for a model called `bad.bin` of these bytes, with both commands that read one.
  private func refusal(_ bytes: some Sequence<UInt8>) throws -> String {
    let folder = Workplace("photo.jpg")
    folder.put(bytes, as: "bad.bin")
    return try refusal(in: folder)
  }

  private func refusal(in folder: Workplace) throws -> String {
    let explained = try folder.run("explain", "photo.jpg", "-w", "bad.bin", "-d", "maps")
    let converted = try folder.run("convert", "bad.bin", "-o", "w.bin")
    #expect(explained.status == 2 && converted.status == 2)
    #expect(explained.output.isEmpty && explained.errors.count == 1)
    #expect(explained.errors == converted.errors)
    #expect(folder.made == [])
    return explained.errors.first ?? ""
  }

  private static let noModel = """
    is not a model file that gradcam reads (safetensors files are, and what \
    torch.save(model.state_dict(), 'weights.pth') writes)
    """

  @Test func `No model at all`() throws {
    #expect(try refusal([]) == "gradcam: bad.bin: is empty")
    #expect(try refusal("hello\n".utf8) == "gradcam: bad.bin: \(Self.noModel)")
    #expect(try refusal(Workplace.fixture("photo.jpg")) == "gradcam: bad.bin: \(Self.noModel)")
    #expect(try refusal(in: Workplace("photo.jpg")) == "gradcam: bad.bin: no such file")
    let folder = Workplace("photo.jpg")
    folder.makeFolder("bad.bin")
    #expect(
      try refusal(in: folder) == """
        gradcam: bad.bin: is a folder that holds no model (a file, or a folder with model.safetensors or model.onnx)
        """)
  }

  @Test(arguments: [4, 100, 50_000, 114_000]) func `A checkpoint that is cut short`(_ count: Int) throws {
    #expect(
      try refusal(Workplace.fixture("xray.pth").prefix(count)) == """
        gradcam: bad.bin: is cut short: it begins as a zip archive, and the directory at its end is missing \
        (copy or download it again)
        """)
  }

  @Test func `Safetensors that are cut short or lie`() throws {
    let folder = Workplace()
    try folder.putModel("whole")
    let whole = folder.bytes("whole") ?? []
    #expect(
      try refusal(whole.dropLast()) == """
        gradcam: bad.bin: is cut short: tensor resnet_blocks.2.shortcut.1.weight ends at byte \
        \(whole.count - headerEnd(whole)) of \(whole.count - headerEnd(whole) - 1)
        """)
    #expect(
      try refusal(whole.prefix(100))
        == "gradcam: bad.bin: is cut short: its header has \(headerEnd(whole) - 8) bytes, and 92 are there")
    let text = String(decoding: whole.prefix(headerEnd(whole)).dropFirst(8), as: UTF8.self)
    let overlapping = text.replacing(#""data_offsets":[8192,8768]"#, with: #""data_offsets":[8184,8760]"#)
    #expect(overlapping != text)
    #expect(
      try refusal(length(overlapping) + overlapping.utf8 + whole.dropFirst(headerEnd(whole))).contains("overlaps"))
  }

  private func headerEnd(_ file: [UInt8]) -> Int { 8 + Int(file[0]) + Int(file[1]) << 8 }
  private func length(_ header: String) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
  }

  @Test func `Another architecture: the nearest, and everything that is wrong`() throws {
    let folder = Workplace("photo.jpg")
    try folder.putModel("bad.bin") { name, values in name == "resnet_blocks.2.bn1.weight" ? nil : values }
    #expect(
      try refusal(in: folder) == """
        gradcam: bad.bin: fits no known architecture; the nearest is xray-classifier:nc=3,nf=2: \
        missing resnet_blocks.2.bn1.weight [8] (export the model to ONNX: gradcam help export)
        """)
    let chosen = try folder.run("explain", "photo.jpg", "-w", "bad.bin", "--arch", "xray-classifier:nf=4")
    #expect(chosen.status == 2)
    let line = chosen.errors.first ?? ""
    #expect(line.hasPrefix("gradcam: bad.bin: is not the architecture xray-classifier:nc=3,nf=4: missing "))
    #expect(line.contains("mis-shaped resnet_blocks.0.conv1.weight [2, 3, 3, 3], not [4, 3, 3, 3], "))
  }

  @Test func `Weights of nothing known`() throws {
    let bytes = FileBytes(copying: [0, 0, 0, 0])
    let file = try SafetensorsWriter.encode(
      tensors: [(name: "a", type: .float32, shape: [1], bytes: bytes.bytes)], metadata: [:])
    #expect(
      try refusal(file) == """
        gradcam: bad.bin: is of an architecture that its weights do not tell; its tensors are a (export the model to \
        ONNX: gradcam help export)
        """)
  }

  @Test func `A pickle that calls a command is not obeyed`() throws {
    let pickle = "\u{2}cposix\nsystem\n(X\u{0E}\u{0}\u{0}\u{0}touch run-by-itR.".utf8
    let folder = Workplace("photo.jpg")
    folder.put([0x80] + pickle, as: "bad.bin")
    #expect(
      try refusal(in: folder) == """
        gradcam: bad.bin: asks for posix.system, which is never run (save the weights alone: \
        torch.save(model.state_dict(), 'weights.pth'))
        """)
  }

  private static let lies: [(key: String, value: String, problem: String)] = [
    (
      "architecture", #"{"name":"xray-classifier","arguments":{"nf":4611686018427387904}}"#,
      "has a wrong gradcam.architecture: nf=4611686018427387904 is no argument of an architecture"
    ),
    (
      "architecture", #"{"name":"cifar-resnet","arguments":{"depth":-2}}"#,
      "has a wrong gradcam.architecture: depth=-2 is no argument of an architecture"
    ),
    (
      "input", #"{"channels":3,"height":-1,"width":256,"isFixed":true}"#,
      "has a wrong gradcam.input: -1 is no size of an input"
    ),
    (
      "layer", #""classifier.1""#,
      "classifier.1 has no spatial extent (its output is [1, 1, 1, 1]) (a layer before pooling)"
    ),
    (
      "layer", #""resnet_block.4""#,
      "has a wrong gradcam.layer: 'resnet_block.4' is no module of this network (nearest: resnet_blocks.4, resnet_blocks, resnet_blocks.0; 'gradcam inspect' lists all)"
    ),
    ("labels", #"["a"]"#, "has 1 labels for 2 classes (a negative and a positive one)"),
    ("labels", "{{", "has a wrong gradcam.labels: {{ ('gradcam convert' writes it rightly)"),
    ("preprocess", #"{"std":[0]}"#, "has a wrong gradcam.preprocess: std=0.0 divides nothing"),
    ("format", "2", "is of format 2, which this gradcam does not know (a newer gradcam)"),
  ]

  @Test(arguments: lies.indices) func `A model file that says nonsense of itself`(_ index: Int) throws {
    let (key, value, problem) = Self.lies[index]
    let folder = Workplace("photo.jpg")
    try folder.putModel("bad.bin", metadata: ["gradcam.format": "1"].merging(["gradcam.\(key)": value]) { $1 })
    #expect(try refusal(in: folder) == "gradcam: bad.bin: \(problem)")
  }
}
