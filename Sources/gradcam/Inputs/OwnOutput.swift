import FoundationEssentials
import Glibc
import GradCAMCore
import ModelFormats

/// What this tool writes beside records. Each kind is known again by its content, and an output replaces its own kind alone.
enum OwnOutput: String, Sendable {
  /// An overlay, a map in colour or a thumbnail, of any format.
  case picture
  /// A map's numbers.
  case numbers = "heatmap"
  /// What `--dump` writes.
  case evidence = "dump"
  case page = "report"
  case model = "model file"

  /// Refuses to replace a file that this tool did not make, or that is of another kind. What is empty, or all zeros as a loss of power
  /// leaves it, holds nothing to be lost, and what is no file on disk is not replaced.
  ///
  /// - Throws: `InputError` naming the file.
  func check(_ path: FilePath) throws(InputError) {
    guard let stamp = FileStatus(path)?.stamp, stamp.bytes > 0, OpenDescriptor.number(of: path) == nil else { return }
    guard !isOwn(path, size: stamp.bytes), !Self.isBlank(path) else { return }
    // What cannot be read now may well be this tool's.
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      throw InputError("\(path)", "is there already, and cannot be read: \(describe(errno))")
    }
    close(descriptor)
    throw InputError(
      "\(path)", "is there already, and is no \(rawValue) that gradcam made",
      remedy: "another name or folder, or remove it")
  }

  private func isOwn(_ path: FilePath, size: Int) -> Bool {
    switch self {
    case .picture: FileStart(path).isOverlay
    case .numbers: NumPyFile.isOwn(Self.start(of: path, count: 1024), size: size)
    case .evidence: SafetensorsHead(path)?.isEvidence ?? false
    case .page: Self.isPage(Self.start(of: path, count: 1024))
    case .model: SafetensorsHead(path)?.isModel ?? false
    }
  }

  /// A page says who made it; those of earlier versions are known by what they may load.
  private static func isPage(_ start: [UInt8]) -> Bool {
    let text = String(decoding: start, as: UTF8.self)
    let marks = [
      "<meta name=\"generator\" content=\"gradcam\">",
      "content=\"default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file: data:; style-src 'nonce-",
    ]
    return text.hasPrefix("<!doctype html>\n") && marks.contains { text.contains($0) }
  }

  private static func start(of path: FilePath, count: Int) -> [UInt8] {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return fileBytes(descriptor, at: 0, count: count)
  }

  /// Whether a file can be read and holds nothing but zeros.
  private static func isBlank(_ path: FilePath) -> Bool {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var place = 0
    while true {
      let bytes = fileBytes(descriptor, at: place, count: 1 << 16)
      if bytes.isEmpty { return place > 0 }
      guard bytes.allSatisfy({ $0 == 0 }) else { return false }
      place += bytes.count
    }
  }
}

/// The header of a safetensors file: what its tensors are called, and its table of strings.
private struct SafetensorsHead: Decodable {
  private var names: Set<String> = []
  private var metadata: [String: String] = [:]

  /// The longest header that is read, which is the format's own limit.
  private static let limit = 100_000_000

  /// nil for a file of another format.
  init?(_ path: FilePath) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let length = fileBytes(descriptor, at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.limit, fileBytes(descriptor, at: 8, count: 1) == [UInt8(ascii: "{")] else { return nil }
    let header = fileBytes(descriptor, at: 8, count: Int(length))
    guard let head = try? JSONDecoder().decode(Self.self, from: Data(header)) else { return nil }
    self = head
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: AnyKey.self)
    names = Set(fields.allKeys.map(\.stringValue))
    metadata = try fields.decodeIfPresent([String: String].self, forKey: AnyKey(stringValue: "__metadata__")) ?? [:]
  }

  var isModel: Bool { Model.isOwn(metadata: metadata) }

  /// Whether it holds what every dump holds, and nothing else.
  var isEvidence: Bool {
    names.subtracting(["gradients", "attributions"])
      == ["__metadata__", "input", "output", "activations", "cam", "heatmap"]
  }
}
