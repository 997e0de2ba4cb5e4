import GradCAMCore
import ModelFormats

/// What made a record: enough to make it again and to tell whether it would be the same.
struct Provenance: Sendable {
  let version: String
  /// The model's file.
  let model: FilePath
  /// The SHA-256 of the model's file; nil where the model came through a pipe.
  let modelDigest: String?
  /// The SHA-256 of the data that an ONNX model keeps beside its file; nil where it keeps none there.
  var modelDataDigest: String? = nil
  /// How images are prepared, as `--preprocess` reads it.
  let preprocess: String
  /// The kind of processor: results are the same bytes on one of the same kind.
  let processor: String
  /// What the classes are called.
  let labels: [String]
  /// The options that decide what is made of an image, as `--name=value`, in the order of the table of flags.
  let words: [String]
  /// What was assumed, for neither the model's file nor an option says it: `preprocess`.
  var assumed: [String] = []
  /// What is made of images beside maps; nil for maps alone.
  var purpose: String? = nil

  /// What tells whether two runs would make the same of an image: the SHA-256 of all but the processor, and but for where marks lie:
  /// `purpose` has their content.
  var recipe: String? {
    guard let modelDigest else { return nil }
    let words = words.filter { !$0.hasPrefix("--masks=") && !$0.hasPrefix("--boxes=") }
    let parts =
      [version, modelDigest] + [modelDataDigest].compactMap { $0 } + [preprocess] + words + labels
      + [purpose].compactMap { $0 }
    return SHA256.digest(of: Array(parts.joined(separator: "\0").utf8))
  }
}
