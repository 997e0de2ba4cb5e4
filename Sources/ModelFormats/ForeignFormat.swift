/// Files that people take for models which are read here, told by their contents; each is refused with the way out.
enum ForeignFormat {
  /// The refusal of a file that is none of the formats which are read.
  static func refusal(of bytes: UnsafeRawBufferPointer) -> InputError? {
    if let error = transport(bytes) { return error }
    if let name = signature(bytes) ?? protobuf(bytes) ?? text(bytes) { return exporting(name) }
    return nil
  }

  /// The refusal of a zip archive that is no checkpoint; nil where it may be one.
  static func refusal(of archive: ZipArchive) -> InputError? {
    let names = archive.entries.lazy.map(\.name)
    if archive["model.weights.h5"] != nil || archive["config.json"] != nil && archive["metadata.json"] != nil {
      return exporting("a Keras model")
    }
    if !archive.entries.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) {
      return InputError(
        "", "is a NumPy archive (npz), whose arrays tell no network",
        remedy: .exportByHelp)
    }
    if names.contains(where: { $0.hasSuffix("saved_model.pb") }) { return exporting("a TensorFlow SavedModel, zipped") }
    if names.contains(where: { $0.hasSuffix("model.mlmodel") }) { return exporting("a Core ML package, zipped") }
    return nil
  }

  private static func exporting(_ name: String) -> InputError {
    InputError("", "is \(name), which is not read", remedy: .exportByHelp)
  }

  // MARK: - What a file came in

  /// Files that stand in a model's place, or hold it packed.
  private static func transport(_ bytes: UnsafeRawBufferPointer) -> InputError? {
    let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased().drop { $0.isWhitespace }
    if bytes.starts(with: "version https://git-lfs".utf8) {
      return InputError("", "is a git-lfs pointer, not the model itself", remedy: "run git lfs pull")
    }
    if start.hasPrefix("<!doctype") || start.hasPrefix("<html") {
      return InputError("", "is a web page, not a model", remedy: "download the file that the page is about")
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return InputError(
        "", "is a tar archive, which the first versions of PyTorch wrote and is not read",
        remedy: "load it with PyTorch and save it again, or unpack it if it was packed by hand")
    }
    let packers: [(name: String, signature: [UInt8])] = [
      ("gzip", [0x1f, 0x8b]), ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), ("bzip2", [0x42, 0x5a, 0x68]),
      ("zstd", [0x28, 0xb5, 0x2f, 0xfd]), ("7-Zip", [0x37, 0x7a, 0xbc, 0xaf]),
    ]
    return packers.first { bytes.starts(with: $0.signature) }.map {
      InputError("", "is compressed with \($0.name)", remedy: "unpack it")
    }
  }

  // MARK: - Signatures

  private static let signatures: [(name: String, offset: Int, bytes: [UInt8])] = [
    ("an HDF5 file (Keras)", 0, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
    ("a TensorFlow Lite model", 4, Array("TFL3".utf8)),
    ("an onnxruntime model (ORT format)", 4, Array("ORTM".utf8)),
    ("an ExecuTorch program", 4, Array("ET12".utf8)),
    ("a TensorRT engine", 0, Array("ptrt".utf8)),
    ("a TensorRT engine", 0, Array("ftrt".utf8)),
    ("a GGUF model", 0, Array("GGUF".utf8)),
    ("a GGML model", 0, Array("lmgg".utf8)),
    // 7767517, as text in a .param and as a number in a .param.bin.
    ("an ncnn model", 0, Array("7767517\n".utf8)),
    ("an ncnn model", 0, [0xdd, 0x85, 0x76, 0]),
    // The mark of weights in float16 at the beginning of a .bin.
    ("ncnn weights", 0, [0x47, 0x6b, 0x30, 0x01]),
    ("MXNet parameters", 0, [0x12, 0x01, 0, 0, 0, 0, 0, 0]),
    ("a NumPy array", 0, [0x93] + Array("NUMPY".utf8)),
  ]

  /// The number at the end of a LevelDB table, which TensorFlow keeps the index of a checkpoint in.
  private static let tableEnd: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]

  private static func signature(_ bytes: UnsafeRawBufferPointer) -> String? {
    if let known = signatures.first(where: { bytes.dropFirst($0.offset).starts(with: $0.bytes) }) { return known.name }
    if bytes.suffix(8).elementsEqual(tableEnd) { return "a TensorFlow checkpoint (its index)" }
    return isMessagePack(bytes) ? "a Flax checkpoint (MessagePack)" : nil
  }

  /// Whether the file is a MessagePack map whose first key is a name, as Flax writes its parameters.
  private static func isMessagePack(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 3 else { return false }
    let key =
      (0x81...0x8f).contains(bytes[0]) ? bytes.dropFirst() : bytes[0] == 0xde ? bytes.dropFirst(3) : bytes.prefix(0)
    guard let first = key.first, (0xa1...0xbf).contains(first) else { return false }
    let name = key.dropFirst().prefix(Int(first & 0x1f))
    return name.count == Int(first & 0x1f) && name.allSatisfy(isNameByte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  // MARK: - Protocol buffers

  /// Models that are bare protocol buffers, told by their first fields.
  private static func protobuf(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count > 4 else { return nil }
    if bytes[0] == 0x08, bytes[2] == 0x12, let inner = message(bytes.dropFirst(3)) {
      // SavedModel: schema version 1, then a graph with its meta information. Core ML: a version, then a description.
      if inner.first == 0x0a, message(inner.dropFirst())?.first == 0x0a { return "a Core ML model" }
      if bytes[1] == 1 { return "a TensorFlow SavedModel" }
      return inner.first.map { $0 < 0x20 } == true ? "a Core ML model" : nil
    }
    guard bytes[0] == 0x0a, let inner = message(bytes.dropFirst()) else { return nil }
    // PaddlePaddle: a block with its index and its parent's. TensorFlow: a node with its name. Caffe: the network's name.
    if inner.starts(with: [0x08, 0x00, 0x10]) { return "a PaddlePaddle program" }
    if inner.first == 0x0a, let name = message(inner.dropFirst()), !name.isEmpty, name.allSatisfy(isNameByte) {
      return "a frozen TensorFlow graph (GraphDef)"
    }
    return !inner.isEmpty && inner.allSatisfy { $0 >= 0x20 } ? "a Caffe model" : nil
  }

  /// The bytes behind a length, as many as are there; nil where there is no length.
  private static func message(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer>? {
    var (count, shift) = (0, 0)
    for (place, byte) in bytes.prefix(5).enumerated() {
      count |= Int(byte & 0x7f) << shift
      shift += 7
      // A long message is not looked at to its end.
      if byte < 0x80 { return bytes.dropFirst(place + 1).prefix(min(count, 256)) }
    }
    return nil
  }

  // MARK: - Texts

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    let prefix = bytes.prefix(4096)
    guard !prefix.contains(0) else { return nil }
    let text = String(decoding: prefix, as: UTF8.self).drop { $0.isWhitespace }
    if text.hasPrefix("<"), text.contains("<net ") { return "an OpenVINO model (IR)" }
    if text.hasPrefix("model_checkpoint_path") { return "a TensorFlow checkpoint (its list)" }
    if text.hasPrefix("{") {
      if text.contains("\"base_code\"") { return "a PaddlePaddle program" }
      if text.contains("\"modelTopology\"") { return "a TensorFlow.js model" }
      return text.contains("\"class_name\"") ? "a Keras model without weights" : nil
    }
    if text.contains("layer {") || text.contains("layers {") { return "a Caffe model (its description)" }
    return nil
  }
}
