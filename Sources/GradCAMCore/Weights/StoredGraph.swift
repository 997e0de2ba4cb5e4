import ModelFormats

/// A network's graph in binary form, which a model file may hold beside its JSON: read from the mapped file, it costs a start a fraction
/// of what the JSON does.
///
/// It is a list of bytes called `gradcam.packed.graph.1.JSON.OWN`: JSON is the digest of the JSON that says the same, and OWN that of the
/// bytes. A graph of another version, or made of other JSON than the file has, is passed over: the JSON is what counts, and somebody may
/// have changed it since.
enum StoredGraph {
  private static let prefix = "gradcam.packed.graph."
  private static let version = "1"

  static func name(json: String, bytes: UnsafeRawBufferPointer) -> String {
    "\(prefix)\(version).\(digest(json)).\(Fingerprint.of(bytes).hexadecimal)"
  }

  /// Whether a tensor is a graph of any version.
  static func isOne(_ record: TensorRecord) -> Bool { record.name.hasPrefix(prefix) }

  /// The graph that was made of this JSON; nil where there is none.
  ///
  /// - Throws: `InputError` without a subject where its bytes are not what was written.
  static func find(_ tensors: [TensorRecord], json: String) throws(InputError) -> ByteRegion? {
    let start = "\(prefix)\(version).\(digest(json))."
    guard let record = tensors.first(where: { $0.name.hasPrefix(start) }) else { return nil }
    guard record.name.dropFirst(start.count) == Fingerprint.of(record.region.bytes).hexadecimal else {
      throw WeightIntegrity.damage("its graph is not what gradcam convert wrote")
    }
    return record.region
  }

  private static func digest(_ json: String) -> String {
    var json = json
    return json.withUTF8 { Fingerprint.of(UnsafeRawBufferPointer($0)) }.hexadecimal
  }
}
