import ModelFormats

extension MapRecord {
  /// A file that a record names.
  struct File {
    let path: FilePath
    /// What the file holds; nil where the record does not say.
    let seal: FileSeal?
  }

  /// The overlay; nil where it went to standard output.
  var outputFile: File? { Self.file(output, outputBase64, outputBytes, outputDigest) }
  var heatmapFile: File? { Self.file(heatmap, heatmapBase64, heatmapBytes, heatmapDigest) }
  /// The evidence.
  var dumpFile: File? { Self.file(dump, dumpBase64, dumpBytes, dumpDigest) }

  var files: [File] { [outputFile, heatmapFile, dumpFile].compactMap { $0 } }

  private static func file(_ readable: String?, _ exact: String?, _ bytes: Int?, _ digest: String?) -> File? {
    readable.map { File(path: FilePath(recorded: $0, exact), seal: FileSeal(bytes: bytes, sha256: digest)) }
  }

  /// Names the file of `--dump`.
  mutating func name(dump path: FilePath?) { (dump, dumpBase64) = (path?.description, path?.recorded.1) }

  /// Keeps what the files hold.
  mutating func seal(output: FileSeal?, heatmap: FileSeal?, dump: FileSeal?) {
    (outputBytes, outputDigest) = (output?.bytes, output?.sha256)
    (heatmapBytes, heatmapDigest) = (heatmap?.bytes, heatmap?.sha256)
    (dumpBytes, dumpDigest) = (dump?.bytes, dump?.sha256)
  }
}
