import GradCAMCore
import ModelFormats
import Synchronization

/// Whose the files are that a run would write. No image's output may become another's: not that of an image which the records name, nor
/// that of one of this run.
final class OutputClaims: Sendable {
  private let records: KeptRecords?
  /// Hashes of the places that this run wrote; nil where their names cannot make two one.
  private let written: Mutex<Set<Int>>?

  /// - Parameters:
  ///   - records: those that stood in the file of records.
  ///   - keepsWritten: whether two images of the run might have outputs of one name.
  init(_ records: KeptRecords?, keepsWritten: Bool) {
    self.records = records
    written = keepsWritten ? Mutex([]) : nil
  }

  /// Whether `check` can refuse anything.
  var hasRecords: Bool { records != nil }

  /// Refuses to replace what the records say is another image's.
  ///
  /// - Parameters:
  ///   - outputs: the files that the image would become.
  ///   - imageDigest: the SHA-256 of the image's file; nil where it cannot be had.
  /// - Throws: `InputError` naming both images.
  func check(_ outputs: [FilePath], of source: ImageSource, imageDigest: () -> String?) throws(InputError) {
    guard let records else { return }
    var finder = PlaceFinder()
    var digest: String??
    // What has gone, or is no file on disk, is not replaced.
    for output in outputs where !output.isDash && FileIdentity(output) != nil {
      for record in records.records(naming: finder.place(of: output)) {
        if Self.isSame(record.path, source.path) { continue }
        // The image may have been moved; standard input has no other name.
        if source.path.isDash || FileStatus(record.path) == nil {
          let known = digest ?? imageDigest()
          digest = .some(known)
          if known == record.imageDigest { continue }
        }
        let owner = record.path.isDash ? "other standard input" : "\(record.path)"
        throw InputError(
          "\(source.path)", "would replace \(output), which \(records.name) records for \(owner)",
          remedy: "another folder for the output, or another file of records")
      }
    }
  }

  /// Takes the files of an image.
  ///
  /// - Throws: `InputError` where two of them are one, or one is another image's of this run.
  func claim(_ outputs: [FilePath], of source: ImageSource) throws(InputError) {
    var finder = PlaceFinder()
    var own: [FilePath: FilePath] = [:]
    for output in outputs where !output.isDash {
      guard own.updateValue(output, forKey: finder.place(of: output)) == nil else {
        throw OutputNames.collision(source.path, source.path, output)
      }
    }
    let taken = written?.withLock { written in
      let taken = own.first { written.contains($0.key.hashValue) }
      if taken == nil { written.formUnion(own.keys.map(\.hashValue)) }
      return taken?.value
    }
    if let taken = taken ?? nil { throw OutputNames.collision(source.path, taken) }
  }

  /// Whether two paths are of one image, however they are spelled. What comes through standard input is another each time.
  private static func isSame(_ path: FilePath, _ other: FilePath) -> Bool {
    guard !path.isDash, !other.isDash else { return false }
    if path.normalized == other.normalized { return true }
    guard let identity = FileIdentity(path) else { return false }
    return identity == FileIdentity(other)
  }
}
