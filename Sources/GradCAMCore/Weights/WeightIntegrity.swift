import ModelFormats
import Synchronization

/// Whether the tensors of a model file are those that `gradcam convert` wrote.
///
/// The file's metadata hold a digest of each tensor, and one of themselves. Most tensors are read at load, and checked there.
/// Convolutions' weights, which may never be read, are checked when they are first used; what is found then is kept, for whoever
/// hands out results to ask.
///
/// A tensor that is not what was written is an error, never a warning: a damaged weight makes maps that look like any other. Nothing
/// tells damage from a change that was meant, so that whoever changes weights in the file on purpose takes the digests out of the
/// metadata; files without them, as earlier versions wrote them, are taken as they are.
final class WeightIntegrity: Sendable {
  /// The key of the digests in a file's metadata.
  static let key = "gradcam.digests"

  private struct State {
    /// Of weights that are checked when they are used, by their places in the file.
    var postponed: Set<Int> = []
    var checked: Set<Int> = []
    var copies: [(region: ByteRegion, digest: UInt64, name: String)] = []
    var damaged: [String] = []
  }

  /// By a tensor's place in the file: names change when graphs are read.
  private let digests: [Int: UInt64]
  private let tensors: [TensorRecord]
  /// Whether nobody wrote to the file since `convert` did, so that what packed weights were made of need not be looked at.
  private let isUntouched: Bool
  private let state = Mutex(State())

  /// Knows nothing, as of files without digests.
  init() { (digests, tensors, isUntouched) = ([:], [], false) }

  /// - Parameters:
  ///   - metadata: the file's, with digests or without.
  ///   - tensors: the file's plain ones.
  /// - Throws: `InputError` without a subject where the metadata are not what was written.
  init(_ metadata: [String: String], _ tensors: [TensorRecord], isUntouched: Bool) throws(InputError) {
    guard let text = metadata[Self.key] else {
      (digests, self.tensors, self.isUntouched) = ([:], [], false)
      return
    }
    guard text.utf8.starts(with: Self.text(text.utf8.dropFirst(16), of: metadata).utf8.prefix(16)) else {
      throw Self.damage("its metadata are not what gradcam convert wrote")
    }
    let named = Self.parse(text)
    var digests: [Int: UInt64] = [:]
    for record in tensors where record.region.count > 0 { digests[record.region.offset] = named[record.name] }
    (self.digests, self.tensors, self.isUntouched) = (digests, tensors, isUntouched)
  }

  // MARK: - In files

  /// The digests as the metadata hold them, a line each: that of the metadata, then 16 hexadecimal digits, a space and the name of each
  /// tensor, in the names' order.
  ///
  /// Names with line feeds, which no framework gives, are left out.
  ///
  /// - Parameter metadata: all others.
  static func text(
    _ tensors: [(name: String, bytes: UnsafeRawBufferPointer)], _ metadata: [String: String], threads: Workers
  ) -> String {
    let lines = tensors.filter { !$0.name.utf8.contains(UInt8(ascii: "\n")) }.sorted { $0.name < $1.name }
      .map { "\n\(Fingerprint.of($0.bytes, threads: threads).hexadecimal) \($0.name)" }
    return text(lines.joined().utf8, of: metadata)
  }

  /// The digest of our own metadata and the lines behind it, and these.
  private static func text(_ lines: some Collection<UInt8>, of metadata: [String: String]) -> String {
    let own = metadata.filter { $0.key.hasPrefix("gradcam.") && $0.key != key }.sorted { $0.key < $1.key }
    var bytes: [UInt8] = []
    for (key, value) in own { bytes += Array(key.utf8) + [0] + Array(value.utf8) + [0] }
    bytes += lines
    return bytes.withUnsafeBytes { Fingerprint.of($0) }.hexadecimal + String(decoding: lines, as: UTF8.self)
  }

  private static func parse(_ text: String) -> [String: UInt64] {
    var digests: [String: UInt64] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")).dropFirst() where line.count > 17 {
      digests[String(Substring(line.dropFirst(17)))] = UInt64(Substring(line.prefix(16)), radix: 16)
    }
    return digests
  }

  // MARK: - Checks

  /// What the file says of a plain tensor; nil where it says nothing.
  func digest(of record: TensorRecord) -> UInt64? { digests[record.region.offset] }

  /// Leaves a tensor out of `checkOthers`: whoever uses it calls `check` first.
  func postpone(_ record: TensorRecord) { state.withLock { _ = $0.postponed.insert(record.region.offset) } }

  /// Tells of a copy of weights in the engine's own order, which is checked with all others, or when it is used.
  func add(_ copy: ByteRegion, _ digest: UInt64, _ name: String) {
    state.withLock { $0.copies.append((copy, digest, name)) }
  }

  /// Checks a plain tensor, once.
  func check(_ record: TensorRecord, threads: Workers) {
    guard let digest = digest(of: record), state.withLock({ $0.checked.insert(record.region.offset).inserted }) else {
      return
    }
    check(record.region, digest, record.name, threads: threads)
  }

  /// Checks weights in the engine's own order.
  func check(_ region: ByteRegion, _ digest: UInt64, _ name: String, threads: Workers) {
    if Fingerprint.of(region.bytes, threads: threads) == digest { return }
    state.withLock { if !$0.damaged.contains(name) { $0.damaged.append(name) } }
  }

  /// Checks the plain tensors at load, or all there is.
  ///
  /// Those that are checked when they are used are left out, unless somebody may have written to the file: then copies in the engine's
  /// order may be of other weights, which are never read. Such a file is hashed on another core at the same time, which takes longer.
  func check(all: Bool = false, threads: Int) {
    let workers = Workers(all || isUntouched ? threads : 1)
    let postponed = state.withLock { $0.postponed }
    for record in tensors {
      let isPostponed = postponed.contains(record.region.offset)
      if isPostponed, isUntouched, !all { continue }
      check(record, threads: workers)
      if all || isPostponed { record.region.discard() }
    }
    for copy in all ? state.withLock({ $0.copies }) : [] {
      check(copy.region, copy.digest, copy.name, threads: workers)
      copy.region.discard()
    }
  }

  /// What was found so far.
  ///
  /// - Throws: `InputError` without a subject that names the tensors.
  func requireWhole() throws(InputError) {
    let damaged = state.withLock { $0.damaged }
    if damaged.isEmpty { return }
    let shown = damaged.lazy.map(\.printable).listed(3)
    throw Self.damage("\(damaged.count) weight tensor(s) are not what gradcam convert wrote: \(shown)")
  }

  static func damage(_ what: Message) -> InputError {
    InputError(
      "", "is damaged: \(what)",
      remedy: "convert it again; where the change was meant, take \(key) out of the metadata")
  }
}
