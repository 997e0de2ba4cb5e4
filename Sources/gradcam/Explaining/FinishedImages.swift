import GradCAMCore
import ModelFormats

/// What `--resume` passes over: images whose record says that this model and these options explained them, and whose outputs are what
/// that record says.
final class FinishedImages: Sendable {
  /// A file that this run would make of an image.
  struct Output {
    let path: FilePath
    /// nil for the evidence of `--dump`.
    let format: FileFormat?
    /// What a record says of it.
    let seal: FileSeal?
    /// The record of the numbers that it holds as they are; nil for other files.
    let numbers: MapDigest?
  }

  private let records: KeptRecords
  private let recipe: String

  /// - Parameter recipe: what the run would make of an image, as records name it.
  init(_ records: KeptRecords, recipe: String) { (self.records, self.recipe) = (records, recipe) }

  /// The keys that prove an image finished.
  private static let needed: Set = ["image_sha256", "image_bytes", "image_modified", "method", "layer", "target"]

  /// Whether the image needs no more work: a record is this run's, no failure came after it, its outputs are whole and its own, and
  /// the image did not change since.
  ///
  /// - Parameter outputs: the files that this run would make of an image with such a record.
  func contains(_ image: ImageSource, outputs: (ExplanationRecord) -> [Output]) -> Bool {
    // The last record counts.
    guard !records.hasFailedLast(image.path) else { return false }
    let records = records.records(of: image.path).filter { $0.has(Self.needed) }
    guard let last = records.lastIndex(where: { $0.recipe == recipe }) else { return false }
    let record = records[last]
    let files = outputs(record)
    guard !files.isEmpty else { return false }
    if record.isSealed {
      guard files.allSatisfy({ file in file.seal?.fits(file.path) ?? false }) else { return false }
    } else {
      let names = Set(files.map(\.path))
      let isReplaced = records[(last + 1)...].contains { !names.isDisjoint(with: $0.outputs) }
      guard !isReplaced, files.allSatisfy({ WholeFile.isWhole($0, of: record) }) else { return false }
    }
    return isUnchanged(image, record)
  }

  /// The last record of an image that says what this run would measure of its maps; nil where none does, a failure came after it, or
  /// the image changed since.
  ///
  /// - Parameter isWhole: whether a record has all that the run would measure.
  func evaluation(
    of image: ImageSource, where isWhole: (ExplanationRecord) -> Bool
  ) -> ExplanationRecord? { measured(image) { $0.isEvaluation && isWhole($0) } }

  /// The same of what this run would compare.
  func comparison(of image: ImageSource) -> ExplanationRecord? {
    measured(image) { $0.isComparison && $0.maps.allSatisfy { $0.diff != nil } }
  }

  private func measured(
    _ image: ImageSource, where isWanted: (ExplanationRecord) -> Bool
  ) -> ExplanationRecord? {
    guard !records.hasFailedLast(image.path) else { return nil }
    let record = records.records(of: image.path).last { record in
      record.recipe == recipe && record.has(Self.needed) && isWanted(record)
    }
    return record.flatMap { isUnchanged(image, $0) ? $0 : nil }
  }

  /// Whether a record of the image says that this file was written for it: whatever has become of it since, it is this tool's.
  func hasMade(_ path: FilePath, for image: ImageSource) -> Bool {
    records.records(of: image.path).contains { $0.outputs.contains(path) }
  }

  /// Size and time tell of most files that they are the same; of others the content does. An image that is gone has not changed.
  private func isUnchanged(_ image: ImageSource, _ record: ExplanationRecord) -> Bool {
    guard let stamp = FileStatus(image.path)?.stamp else { return !image.path.isDash }
    if stamp.bytes == record.imageBytes && stamp.modified == record.imageModified { return true }
    guard stamp.bytes == record.imageBytes, let file = try? FileBytes(path: image.path) else { return false }
    defer { withExtendedLifetime(file) {} }
    return SHA256.digest(of: file.bytes) == record.imageDigest
  }
}

extension ExplanationRecord {
  /// Whether the record says what its files hold, as those of earlier versions do not.
  fileprivate var isSealed: Bool { maps.contains { map in map.files.contains { $0.seal != nil } } }
}
