/// What a field of a record may hold. Records come from anywhere, and what is made of them is as large as they say: no number is
/// used and no list looked through that no run writes.
///
/// A value of another type than a field has is no matter of bounds: see `RecordFields`. Elements of lists are bounded as the list is.
struct RecordField: Sendable {
  /// The most bytes of a text, as they stand in the line.
  var longest = 1 << 20
  /// The most elements of a list.
  var most = 1 << 16
  /// What numbers may be.
  var range = everyNumber
  /// Whether texts are files' names, which hold no zero byte.
  var isPath = false
  /// Of an object, and of a list's objects. Those that are not named here came with later versions, and are bounded as `other` is.
  var fields: [String: RecordField] = [:]

  /// A whole record.
  static let record = RecordField(fields: [
    "image": path, "image_base64": path, "model": path, "error": other, "kind": word, "warning": other,
    "width": side, "height": side, "seen": RecordField(most: 16), "canvas": word,
    "prediction": RecordField(most: 1 << 10, fields: ["index": index]), "activation": word, "activation_source": word,
    "gradients": word,
    "milliseconds": RecordField(range: 0...1e12), "maps": maps, "image_bytes": RecordField(range: 0...0x1p63),
    "image_sha256": word, "model_sha256": word, "model_data_sha256": word, "recipe": word, "version": word,
    "processor": word, "preprocess": RecordField(longest: 1 << 14),
    "options": RecordField(longest: 1 << 17, most: 4096), "diff": difference,
  ])

  private static let difference = RecordField(fields: [
    "model": path, "model_sha256": word, "model_data_sha256": word, "preprocess": RecordField(longest: 1 << 14),
    "top_old": RecordField(fields: ["index": index]), "top_new": RecordField(fields: ["index": index]),
  ])

  private static let maps = RecordField(
    most: 100_000,
    fields: [
      "method": word, "mode": word, "verdict": word, "target": RecordField(fields: ["index": index]),
      "against": RecordField(fields: ["index": index]), "activation_shape": shape, "map_shape": shape,
      "seed": RecordField(range: 0...0x1p64), "samples": RecordField(range: 1...1_000_000),
      "output": path, "output_base64": path, "heatmap": path, "heatmap_base64": path,
      "boxes": RecordField(fields: ["x": side, "y": side, "width": side, "height": side]),
      // As many as a line of the greatest length holds: outlines of ragged regions are long.
      "contours": RecordField(most: 1 << 25, range: 0...0x1p31),
      "diff": RecordField(fields: ["verdict": word, "map_shape": shape, "constant": word]),
      "digest": RecordField(fields: [
        "sha256": word, "grid": RecordField(longest: 1 << 12), "grid_shape": RecordField(most: 2, range: 1...16),
      ]),
    ])

  /// One that no version knows yet.
  static let other = RecordField()

  private static let word = RecordField(longest: 1 << 10)
  private static let path = RecordField(longest: 1 << 16, isPath: true)
  private static let side = RecordField(range: 0...0x1p31)
  private static let index = RecordField(range: -1...0x1p31)
  private static let shape = RecordField(most: 16, range: 0...0x1p31)
  private static let everyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

  // MARK: - Of any record

  /// How many values lie in each other at most.
  static let deepest = 32
  /// The most keys of an object.
  static let mostKeys = 1 << 10
  /// The most bytes of a key, and digits of a number.
  static let longestWord = 1 << 10
}
