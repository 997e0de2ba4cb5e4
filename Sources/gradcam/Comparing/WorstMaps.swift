import GradCAMCore
import ModelFormats

/// The maps that differ most, of images in order: so many and no more, however many there are.
struct WorstMaps: Sendable {
  /// One map of an image.
  struct Entry: Sendable {
    let image: FilePath
    let imageDigest: String
    /// The map's place in the image's record.
    let index: Int
    let map: MapRecord
    let diff: MapDiffRecord
    let classes: DiffRecord
  }

  /// The worst first; of equals the one that came first.
  private(set) var entries: [Entry] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func add(_ record: ExplanationRecord) {
    guard limit > 0, let classes = record.diff else { return }
    for (index, map) in record.maps.enumerated() {
      guard let diff = map.diff else { continue }
      if entries.count == limit, let last = entries.last, last.diff.worth <= diff.worth { continue }
      var (low, high) = (0, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].diff.worth <= diff.worth { low = middle + 1 } else { high = middle }
      }
      if entries.count == limit { entries.removeLast() }
      entries.insert(
        Entry(
          image: record.path, imageDigest: record.imageDigest, index: index, map: map, diff: diff, classes: classes),
        at: low)
    }
  }
}

/// What finds the maps of a listed entry again, for pictures of them.
protocol ComparedMaps {
  /// Hands over the image, how its samples are shown, and the pair of maps.
  ///
  /// - Throws: whatever keeps them from being found, `InputError` without a subject where that is known.
  func draw(_ entry: WorstMaps.Entry, _ use: (DecodedImage, Preprocessing, MapPair) throws -> Void) throws
}
