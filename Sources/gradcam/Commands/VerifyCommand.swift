import GradCAMCore
import ModelFormats
import Synchronization

/// `gradcam verify`: makes the maps of records again, and says which differ.
enum VerifyCommand {
  /// The most that a record may hold: outlines of ragged regions are long.
  private static let longestRecord = 1 << 26

  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and records that cannot be read, `ConsoleError` where printing ends.
  static func run(_ options: VerifyOptions, console: Console) throws -> Int32 {
    try OpenBLAS.requireSoundness()
    let stop = StopRequest.listening()
    let lines = try RecordLines(options.records, limit: longestRecord, stop: stop)
    let counts = Mutex<[Finding: Int]>([:])
    let digests = ModelDigests()
    let jobs = options.running.jobs ?? Cores.count
    stop.begin()
    let stream = Mutex(lines)
    try OrderedWork.run(
      { stop.signal == nil ? try stream.withLock { try $0.next() } : nil }, workers: jobs, window: 16 + 4 * jobs,
      makeWorker: {
        let verifier = RecordVerifier(options, digests, stop)
        return { line in verifier.verify(line) }
      },
      deliver: { results in
        for (finding, text) in results {
          counts.withLock { $0[finding, default: 0] += 1 }
          if finding != .same || options.verbosity == .verbose { try console.print(printable(text)) }
        }
      })
    let counted = counts.withLock { $0 }
    try console.print(Finding.allCases.map { "\((counted[$0] ?? 0).grouped) \($0.rawValue)" }.joined(separator: ", "))
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    let bad = (counted[.differs] ?? 0) + (counted[.notVerified] ?? 0)
    return bad == 0 ? ExitStatus.success : ExitStatus.failure
  }
}

/// What came of making a map again.
enum Finding: String, CaseIterable, Sendable {
  /// The same bytes.
  case same
  /// Within 1e-4 of the map's largest magnitude, on another kind of processor.
  case agrees
  case differs
  /// The model or the image is not what it was, or cannot be read.
  case notVerified = "not verified"
  /// The record of an image that failed.
  case failedBefore = "failed before"
}

/// The lines of several files of records.
struct RecordLines {
  private var files: ArraySlice<LineReader>
  private var number = 0

  struct Line: Sendable {
    /// `FILE: line 12`.
    let place: String
    let bytes: [UInt8]
  }

  /// - Throws: `InputError` naming a file that cannot be opened.
  init(_ paths: [FilePath], limit: Int, stop: StopRequest) throws(InputError) {
    var files: [LineReader] = []
    for path in paths { files.append(try LineReader(path, limit: limit, stop: stop)) }
    self.files = files[...]
  }

  mutating func next() throws(InputError) -> Line? {
    while let file = files.first {
      while let bytes = try file.next() {
        number += 1
        if !bytes.isEmpty { return Line(place: "\(file.name): line \(number)", bytes: bytes) }
      }
      files.removeFirst()
      number = 0
    }
    return nil
  }
}

/// The digests of the models that records name, each computed once.
final class ModelDigests: Sendable {
  private let digests = Mutex<[FilePath: String]>([:])

  /// - Throws: `InputError` naming the model that cannot be read.
  func digest(of path: FilePath) throws(InputError) -> String {
    try digests.withLock { (digests) throws(InputError) in
      if let digest = digests[path] { return digest }
      let digest = try ModelDigest.sha256(of: path, isTrusting: false)
      digests[path] = digest
      return digest
    }
  }
}
