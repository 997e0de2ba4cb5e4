import GradCAMCore
import ModelFormats

/// The columns of a contact sheet: one for each kind of map that the records have, in the order in which these appear.
struct SheetColumns {
  /// What tells one kind of map from another.
  struct Key: Hashable {
    let model, method, layer: String
    let mode: String
    /// Which class of an image; nil where each image has one map of this kind.
    var target: String?
  }

  private(set) var keys: [Key] = []
  /// Whether classes are told by their place among the image's and not by their names.
  private var countsClasses = false

  /// More classes than these are told by their place: each image has others.
  private static let mostClasses = 12

  init(_ records: [ExplanationRecord]) {
    var names: [String] = []
    var hasSeveral = false
    for record in records {
      var seen: Set<Key> = []
      for map in record.maps {
        if !names.contains(map.target.name) { names.append(map.target.name) }
        hasSeveral = !seen.insert(Self.key(map, record)).inserted || hasSeveral
      }
    }
    countsClasses = names.count > Self.mostClasses
    var known: Set<Key> = []
    for record in records {
      for key in self.keys(of: record, tellsClasses: hasSeveral) where known.insert(key).inserted { keys.append(key) }
    }
    tellsClasses = hasSeveral
  }

  /// Whether an image may have several maps that differ in their class alone.
  private(set) var tellsClasses = false

  /// By map, its column.
  func keys(of record: ExplanationRecord) -> [Key] { keys(of: record, tellsClasses: tellsClasses) }

  private func keys(of record: ExplanationRecord, tellsClasses: Bool) -> [Key] {
    var counts: [Key: Int] = [:]
    return record.maps.map { map in
      var key = Self.key(map, record)
      guard tellsClasses, map.classAgnostic != true else { return key }
      counts[key, default: 0] += 1
      key.target = countsClasses ? "class \(counts[key] ?? 1) of the image" : map.target.name
      return key
    }
  }

  private static func key(_ map: MapRecord, _ record: ExplanationRecord) -> Key {
    Key(
      model: record.modelName.map { FilePath($0).lastComponent.description } ?? "", method: map.method,
      layer: map.layer,
      mode: map.against.map { "\(map.mode) \($0.name)" } ?? map.mode)
  }

  /// A heading a column: what differs between columns, and the method and the layer where nothing does.
  var headings: [String] {
    func differs(_ part: (Key) -> String?) -> Bool { Set(keys.map(part)).count > 1 }
    let (methods, layers) = (differs(\.method), differs(\.layer))
    let (models, modes, targets) = (differs(\.model), differs(\.mode), differs(\.target))
    let isPlain = !methods && !layers && !models && !modes && !targets
    return keys.map { key in
      var words: [String] = []
      if methods || isPlain { words.append(key.method) }
      if layers || isPlain { words = [(words + [key.layer]).joined(separator: " at ")] }
      if modes { words.append(key.mode) }
      if targets, let target = key.target { words.append(target) }
      if models { words.append(key.model) }
      return words.joined(separator: ", ")
    }
  }
}
