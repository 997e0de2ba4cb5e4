import GradCAMCore
import ModelFormats

/// A map of an image that two files of records have.
struct RecordedPair {
  /// A record, and one of its maps.
  typealias Side = (record: ExplanationRecord, map: MapRecord)

  let old, new: Side

  /// The maps of an image that both files have, in the old one's order, and how many have no partner.
  ///
  /// They are paired by method, mode, class and layer, where both have one layer by that. Classes are told by their labels, whose case need not be
  /// the same, and by number where one has none. Of several maps of one kind the last counts.
  static func pairs(_ old: [ExplanationRecord], _ new: [ExplanationRecord]) -> (pairs: [RecordedPair], alone: Int) {
    let (olds, news) = (Sides(old), Sides(new))
    var pairs: [RecordedPair] = []
    for side in olds.all {
      let isOneLayer = olds.layers[side.map.method]?.count == 1 && news.layers[side.map.method]?.count == 1
      if let other = news.partner(of: side.map, ofAnyLayer: isOneLayer) {
        pairs.append(RecordedPair(old: side, new: other))
      }
    }
    return (pairs, olds.all.count + news.all.count - 2 * pairs.count)
  }

  /// What tells an image's maps apart.
  private struct Key: Hashable {
    let method, mode, against: String
    /// nil where any will do.
    let layer: String?
    let label: String?
    let index: Int

    /// How a class is told.
    enum Naming: CaseIterable {
      case label, foldedLabel, number
    }

    /// nil where the class has no such name.
    init?(_ map: MapRecord, layer: String?, by naming: Naming) {
      (method, mode, self.layer) = (map.method, map.mode, layer)
      against = map.against?.name.lowercased() ?? ""
      guard naming != .number else {
        (label, index) = (nil, map.target.index)
        return
      }
      guard let name = map.target.label else { return nil }
      (label, index) = naming == .label ? (name, 0) : (name.lowercased(), -1)
    }
  }

  /// The maps of one file.
  private struct Sides {
    private(set) var all: [Side] = []
    /// By method.
    private(set) var layers: [String: Set<String>] = [:]
    private var found: [Key: Side] = [:]

    init(_ records: [ExplanationRecord]) {
      var places: [Key: Int] = [:]
      for record in records {
        for map in record.maps {
          guard let key = Key(map, layer: map.layer, by: .number) else { continue }
          if let place = places[key] {
            all[place] = (record, map)
          } else {
            places[key] = all.count
            all.append((record, map))
          }
          layers[map.method, default: []].insert(map.layer)
        }
      }
      for side in all {
        for layer in [side.map.layer, nil] {
          for naming in Key.Naming.allCases {
            if let key = Key(side.map, layer: layer, by: naming) { found[key] = side }
          }
        }
      }
    }

    func partner(of map: MapRecord, ofAnyLayer: Bool) -> Side? {
      let layer = ofAnyLayer ? nil : map.layer
      for naming in [Key.Naming.label, .foldedLabel] {
        if let key = Key(map, layer: layer, by: naming), let side = found[key] { return side }
      }
      guard let key = Key(map, layer: layer, by: .number), let side = found[key] else { return nil }
      return map.target.label == nil || side.map.target.label == nil ? side : nil
    }
  }
}

extension RecordedPair {
  /// Both maps on the same cells, from the numbers that their files keep.
  ///
  /// - Parameter claim: what takes memory for them.
  /// - Throws: `InputError` naming what is at fault: a file that is gone, another than the recorded one or without a map's numbers; without a
  ///   subject where the records do not fit each other.
  func read(_ files: (old: MapRecord.File, new: MapRecord.File), _ claim: MemoryClaim) throws(InputError) -> MapPair {
    let (one, other) = (RecordedMap(old), RecordedMap(new))
    guard old.record.imageDigest == new.record.imageDigest else {
      throw InputError("", "is another picture in the new records", remedy: "two runs over the same images")
    }
    guard (old.record.width, old.record.height) == (new.record.width, new.record.height) else {
      throw InputError("", "has another size in the new records", remedy: "two runs over the same images")
    }
    let inputs = (try one.input(), try other.input())
    try claim.take(one.need(inputs.0) + other.need(inputs.1), "comparing its maps takes")
    guard let pair = MapPair(try one.placed(files.old, inputs.0), try other.placed(files.new, inputs.1)) else {
      throw InputError("", "the models saw no common part of it")
    }
    return pair
  }
}

/// A map as a record tells of it.
private struct RecordedMap {
  let record: ExplanationRecord
  let map: MapRecord

  init(_ side: RecordedPair.Side) { (record, map) = side }

  private var isOnImage: Bool { record.canvas == Canvas.original.rawValue }
  /// Rows and columns.
  private var shape: [Int] { isOnImage ? [record.height, record.width] : map.mapShape }

  /// The network's input.
  func input() throws(InputError) -> ImageSize {
    guard let preparing = try? Preprocessing(recorded: record.preprocess) else {
      throw InputError("", "has a record that does not say how it was prepared", remedy: "one of this version")
    }
    return try preparing.inputSize(of: ImageSize(width: record.width, height: record.height))
  }

  /// The map, in what it is decoded to; the map enlarged, in both precisions, and what is computed of that.
  func need(_ input: ImageSize) -> MemoryNeed {
    MemoryNeed(filled: 128) * (input.width * input.height) + MemoryNeed(filled: 32) * shape.reduce(1, *)
  }

  func placed(_ file: MapRecord.File, _ input: ImageSize) throws(InputError) -> PlacedMap {
    do throws(InputError) { return place(try read(file), try seen(), input) } catch {
      throw error.about("\(file.path)")
    }
  }

  private func read(_ file: MapRecord.File) throws(InputError) -> Heatmap {
    let stamp = try RecordedFile.check(file.path)
    let another = InputError("", "is not the heatmap that was recorded", remedy: "the file of that run")
    if let seal = file.seal, seal.bytes != stamp.bytes { throw another }
    let bytes = try FileBytes(path: file.path)
    if let seal = file.seal, SHA256.digest(of: bytes.bytes) != seal.sha256 { throw another }
    var options = ImageDecoder.Options()
    // Before memory is taken for a map of another shape.
    options.admit = { [shape] (extent) throws(InputError) in
      guard [extent.whole.height, extent.whole.width] != shape else { return }
      throw InputError(
        "", "has \(extent.whole.height)×\(extent.whole.width) cells, and its record another shape",
        remedy: "gradcam explain --heatmap FILE.npy, or .png with --canvas original")
    }
    let decoded = try ImageDecoder.decode(bytes, options: options)
    try bytes.requireUnchanged()
    return try Heatmap(decoded, isSigned: map.signed ?? false)
  }

  private func part(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> CropGeometry {
    CropGeometry(imageWidth: record.width, imageHeight: record.height, x: x, y: y, width: width, height: height)
  }

  private func seen() throws(InputError) -> CropGeometry {
    let seen = record.seen.map(Double.init)
    guard seen.count == 4, seen.allSatisfy({ abs($0) < 1e9 }), min(seen[2], seen[3]) > 1e-4 else {
      throw InputError("", "has a record that does not say what the model saw", remedy: "one of this version")
    }
    return part(seen[0], seen[1], seen[2], seen[3])
  }

  private func place(_ heatmap: Heatmap, _ seen: CropGeometry, _ input: ImageSize) -> PlacedMap {
    PlacedMap(
      heatmap, seen: seen, covered: isOnImage ? part(0, 0, Double(record.width), Double(record.height)) : nil,
      inputWidth: input.width, inputHeight: input.height,
      isFinite: map.mapMax != nil && map.verdict != Verdict.notFinite.rawValue)
  }
}
