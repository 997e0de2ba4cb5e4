/// The weights in an archive that `torch.export.save` wrote (`.pt2`): raw bytes an entry, and a table of their names, types and shapes
/// as JSON; see `torch/export/pt2_archive` and `torch/_export/serde/schema.py`.
///
/// The program beside the weights is not read.
enum ExportedProgram {
  /// The largest table of weights that is read, in bytes.
  private static let longestTable = PlainValueParser.longest

  /// Whether an archive is one, of today's or of the first versions.
  static func looksLikeIt(_ archive: ZipArchive) -> Bool {
    table(in: archive) != nil || archive[firstWeights] != nil || archive["serialized_exported_program.json"] != nil
  }

  /// What the first versions kept the state dict in, as `torch.save` writes it.
  private static let firstWeights = "serialized_state_dict.pt"

  /// - Throws: `InputError` without a subject: tables or tensors that are damaged or of a kind that is not read.
  static func tensors(in archive: ZipArchive) throws(InputError) -> [TensorRecord] {
    if let inner = archive[firstWeights] {
      try archive.expectStored()
      return try TorchCheckpoint(saved: ZipArchive(FileBytes(copying: Array(inner.bytes)))).tensors
    }
    guard let table = table(in: archive) else {
      throw InputError("", "is a torch.export program without weights that are read", remedy: .saveWeightsOrExport)
    }
    try archive.expectStored()
    guard table.data.count <= longestTable else {
      throw InputError("", "has a table of weights of more than \(longestTable) bytes")
    }
    let parsed = PlainValue(parsing: String(decoding: table.data.bytes, as: UTF8.self))
    guard let weights = parsed?["config"]?.entries else {
      throw InputError("", "is damaged: the table of its weights is not one")
    }
    let folder = String(table.name.prefix { $0 != "/" }) + "/data/weights/"
    var names: Set<String> = []
    return try weights.map { (entry) throws(InputError) in
      guard names.insert(entry.key).inserted else {
        throw InputError("", "is damaged: its table of weights has \(entry.key.printable) twice")
      }
      return try tensor(entry.key, entry.value, in: archive, folder)
    }
  }

  /// The entry that names the weights.
  private static func table(in archive: ZipArchive) -> ZipArchive.Entry? {
    archive.entries.first { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == 4 && parts[1] == "data" && parts[2] == "weights"
        && parts[3].hasSuffix("_weights_config.json")
    }
  }

  private static func tensor(
    _ name: String, _ fields: PlainValue, in archive: ZipArchive, _ folder: String
  ) throws(InputError) -> TensorRecord {
    guard let path = fields["path_name"]?.text, let meta = fields["tensor_meta"],
      let code = meta["dtype"]?.number.flatMap(Int.init(exactly:)), let shape = integers(meta["sizes"]),
      let strides = integers(meta["strides"]), let offset = integer(meta["storage_offset"])
    else { throw InputError("", "is damaged: weight \(name.printable) is not described as torch.export does it") }
    if fields["use_pickle"] == .bool(true) { throw unread(name, "pickled inside the archive") }
    guard let type = types[code] else { throw unread(name, "of the type \(code)") }
    guard let data = archive[folder + path] else { throw InputError("", "lacks the bytes of weight \(name.printable)") }
    guard offset >= 0, offset <= data.count / type.size else {
      throw InputError("", "weight \(name.printable) begins outside its bytes")
    }
    let start = offset * type.size
    let region = ByteRegion(data.file, offset: data.offset + start, count: data.count - start)
    let record = try TensorRecord(name: name, type: type, shape: shape, strides: strides, region: region)
    try record.refuseExpansion(of: data.count / type.size)
    return record
  }

  private static func unread(_ name: String, _ what: String) -> InputError {
    InputError("", "weight \(name.printable) is \(what), which is not read", remedy: .saveWeightsOrExport)
  }

  /// By the numbers of `torch._export.serde.schema.ScalarType`.
  private static let types: [Int: ElementType] = [
    1: .uint8, 2: .int8, 3: .int16, 4: .int32, 5: .int64, 6: .float16, 7: .float32, 8: .float64, 12: .bool,
    13: .bfloat16, 28: .uint16, 34: .uint32, 35: .uint64,
  ]

  /// A size, which is written as `{"as_int": 3}`; nil for one that the program leaves open.
  private static func integer(_ value: PlainValue?) -> Int? { value?["as_int"]?.number.flatMap(Int.init(exactly:)) }

  private static func integers(_ value: PlainValue?) -> [Int]? {
    guard let elements = value?.elements else { return nil }
    let integers = elements.compactMap(integer)
    return integers.count == elements.count ? integers : nil
  }
}
