import GradCAMCore
import ModelFormats

/// What a run compared, as text, CSV and JSON tell it.
struct ComparisonTable {
  let result: ComparisonResult
  /// The files that were compared: models, or records.
  let old, new: FilePath
  let seed: UInt64
  /// How many images failed.
  let failed: Int
  /// How many maps are listed.
  let listed: Int
  /// What had no partner, where records were compared.
  var unpaired: Unpaired?
  /// The SHA-256 of the models; nil where they are not known.
  var digests: (old: String?, new: String?) = (nil, nil)
  /// How both models prepare images; nil where that is not known.
  var preprocess: (old: String?, new: String?) = (nil, nil)

  /// What only one of two files of records has.
  struct Unpaired: Codable, Equatable, Sendable {
    var onlyOld = 0
    var onlyNew = 0
    /// Images that both have, without a pair of maps.
    var withoutPair = 0
    /// Maps of images that both have.
    var maps = 0
    /// Maps of which a file of records keeps no numbers.
    var withoutHeatmap = 0

    /// Whether images or kept maps were left out: means are not of all.
    var leavesOut: Bool { onlyOld + onlyNew + withoutPair + withoutHeatmap > 0 }
  }

  /// By figure, in the order of the columns.
  static let figures =
    ComparisonFigure.allCases.map { (name: $0.rawValue, isBetterHigh: $0.isBetterHigh) } + [
      (name: DiffOptions.changed, isBetterHigh: false)
    ]

  func mean(_ key: Leaderboard.Key, _ figure: String) -> BootstrapMean {
    result.board.cell(key, figure)?.value ?? BootstrapMean()
  }

  /// `gradcam at layer4`, with the new model's layer where that is called otherwise.
  func name(of key: Leaderboard.Key) -> String {
    let other = result.newLayers[key.layer] ?? key.layer
    let layers = other == key.layer ? key.layer : "\(key.layer) and \(other)"
    return "\(key.method) at \(printable(layers.shortened(to: 80)))"
  }
}

// MARK: - For people

extension ComparisonTable {
  /// The maps that changed most, then the means.
  var lines: [String] {
    guard result.images > 0 else { return ["no image was compared"] + notes }
    let means = alignedColumns(
      [[""] + Self.figures.map { "\($0.name) \($0.isBetterHigh ? "↑" : "↓")" }]
        + result.board.rows.map { key in [name(of: key)] + Self.figures.map { text(key, $0.name) } })
    return worstLines + means + [""] + notes
  }

  private var worstLines: [String] {
    let entries = result.worst.entries.prefix(listed)
    guard !entries.isEmpty else { return [] }
    let isSeveral = result.board.rows.count > 1
    // Otherwise all maps explain what the prediction names first.
    let tellsClass = result.hasSeveralTargets || entries.contains { $0.map.target.index != $0.classes.topOld?.index }
    let head =
      ["image"] + (isSeveral ? ["map"] : []) + (tellsClass ? ["class"] : []) + [
        "rank", "ssim", "overlap", "shift", "prediction",
      ]
    let rows = entries.map { entry in
      [entry.image.description.shortened(to: 80)]
        + (isSeveral ? ["\(entry.map.method) \(entry.map.layer)".shortened(to: 60)] : [])
        + (tellsClass ? [entry.map.target.name.shortened(to: 60)] : [])
        + [
          Self.number(entry.diff.rank, 3), Self.number(entry.diff.ssim, 3), Self.number(entry.diff.overlap, 3),
          Self.shift(entry.diff), Self.prediction(entry.classes) + Self.remark(entry),
        ]
    }
    return alignedColumns([head] + rows) + [""]
  }

  static func number(_ value: Double?, _ digits: Int) -> String { value.map { $0.fixed(digits) } ?? "–" }

  /// `12.3 px (5.4 %)`: pixels of the image, and the share of its diagonal.
  static func shift(_ diff: MapDiffRecord) -> String {
    guard let shift = diff.shift, let share = diff.shiftShare else { return "–" }
    return "\(shift.fixed(1)) px (\(percentText(share)))"
  }

  /// `opacity 97.3 % → 95.1 %`; `opacity 97.3 % → clear 55.0 %` where it changed.
  static func prediction(_ diff: DiffRecord) -> String {
    func answer(_ certainty: ClassInBoth.Certainty?) -> String {
      guard let certainty else { return "?" }
      return MapWords.answer(certainty.probability, score: certainty.logit)
    }
    let old = diff.topOld.map { "\($0.name.shortened(to: 60)) \(answer($0.old))" }
    let new = diff.topNew.map { (diff.changed ? "\($0.name.shortened(to: 60)) " : "") + answer($0.new) }
    return "\(old ?? noAnswer) → \(new ?? noAnswer)"
  }

  static let noAnswer = "no answer (NaN)"

  /// What keeps maps from being compared.
  static func remark(_ entry: WorstMaps.Entry) -> String {
    let words = (entry.classes.changed ? ["changed"] : []) + [entry.diff.fault].compactMap { $0 }
    return words.map { " [\($0)]" }.joined()
  }

  /// `0.507 ±0.023 (6 of 12)`: the second number is half the interval's width, and the last ones are the pairs of maps that have the figure,
  /// where not all do.
  func text(_ key: Leaderboard.Key, _ figure: String) -> String {
    let value = mean(key, figure)
    var words = [value.count > 0 ? value.mean.fixed(3) : "–"]
    if let interval = value.interval { words.append("±\(((interval.upperBound - interval.lowerBound) / 2).fixed(3))") }
    if let tally = ComparisonFigure(rawValue: figure).map({ result.tally(key, $0) }), tally.defined < tally.pairs {
      words.append("(\(tally.defined.grouped) of \(tally.pairs.grouped))")
    }
    return words.joined(separator: " ")
  }

  /// Whether both are one model, as far as is known.
  private var isOneModel: Bool {
    guard let models = result.models, let digest = digests.old ?? models.old.digest else { return false }
    return digest == digests.new ?? models.new.digest && models.old.dataDigest == models.new.dataDigest
  }

  /// How both prepare images, where they do it differently.
  var unlikePreprocess: (old: String, new: String)? {
    guard let old = preprocess.old, let new = preprocess.new, old != new else { return nil }
    return (old, new)
  }

  /// What is to be said of all images.
  var notes: [String] {
    let images = result.images
    var lines: [String] = []
    if images > 0 {
      let interval =
        images == 1 ? "one image: no interval" : "\(images.grouped) images; ± is half of the mean's 95 % interval"
      lines.append(interval + (images == 1 ? "" : " (bootstrap)"))
      let share = Double(result.changed) / Double(images)
      lines.append("\(result.changed.grouped) prediction(s) changed (\(percentText(share)))")
    }
    if isOneModel { lines.append("both are one model: their files have the same SHA-256") }
    if unlikePreprocess != nil { lines.append("the models prepare images differently: maps may differ by that alone") }
    for (count, side) in [(result.unanswered.old, "old"), (result.unanswered.new, "new")] where count > 0 {
      lines.append("\(count.grouped) image(s) without an answer from the \(side) model: its scores are NaN or infinite")
    }
    if failed > 0 { lines.append("\(failed.grouped) image(s) failed") }
    if result.notFinite > 0 {
      lines.append("\(result.notFinite.grouped) pair(s) of maps held NaN or infinite values and take no part in means")
    }
    func both(_ count: Int) -> String { count > 0 ? " (\(count.grouped) had two)" : "" }
    if result.constant.pairs > 0 {
      lines.append(
        "\(result.constant.pairs.grouped) pair(s) of maps had one of a single value\(both(result.constant.both)): no rank and "
          + "no overlap")
    }
    if result.empty.pairs > 0 {
      lines.append(
        "\(result.empty.pairs.grouped) pair(s) of maps had one without evidence for the class\(both(result.empty.both)): no ssim and "
          + "no shift")
    }
    if let unpaired, unpaired != Unpaired() {
      lines.append(
        "only in the old records: \(unpaired.onlyOld.grouped) image(s), only in the new: \(unpaired.onlyNew.grouped); in both "
          + "without a pair of maps: \(unpaired.withoutPair.grouped); maps without a partner: \(unpaired.maps.grouped), without a heatmap: \(unpaired.withoutHeatmap.grouped)"
      )
    }
    return lines
  }
}

// MARK: - For programs

extension ComparisonTable {
  private struct Content: Encodable {
    let old, new: SourceRecord
    let images, failed, changed, noAnswerOld, noAnswerNew, notFiniteMaps, constantMaps, emptyMaps: Int
    let seed: UInt64
    @OrNull var unpaired: Unpaired?
    let figures: [Column]
    let rows: [Row]
    let worst: [Worst]
  }

  private struct SourceRecord: Encodable {
    let file: String
    @OrNull var sha256: String?
    @OrNull var preprocess: String?
  }

  private struct Column: Encodable {
    let name: String
    /// `higher` or `lower`: what is more alike.
    let better: String
  }

  /// A mean over images; null where no image has a value, intervals for fewer than two.
  private struct Row: Encodable {
    let method, layer, layerNew, figure: String
    let images, undefined: Int
    @OrNull var mean: Double?
    @OrNull var low: Double?
    @OrNull var high: Double?
  }

  private struct Worst: Encodable {
    let image, method, layer, target: String
    let changed, notFinite: Bool
    /// As records have them.
    let constant, empty: String
    @OrNull var rank: Double?
    @OrNull var ssim: Double?
    @OrNull var overlap: Double?
    @OrNull var shift: Double?
    @OrNull var shiftShare: Double?

    init(_ entry: WorstMaps.Entry) {
      (image, method, layer) = (entry.image.description, entry.map.method, entry.map.layer)
      (target, changed) = (entry.map.target.name, entry.classes.changed)
      let diff = entry.diff
      (notFinite, constant, empty) = (diff.notFinite, diff.constant, diff.empty)
      (rank, ssim, overlap, shift, shiftShare) = (diff.rank, diff.ssim, diff.overlap, diff.shift, diff.shiftShare)
    }
  }

  private var rows: [Row] {
    result.board.rows.flatMap { key in
      Self.figures.map { figure in
        let value = mean(key, figure.name)
        func rounded(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0.rounded(toDigits: 10) : nil } }
        return Row(
          method: key.method, layer: key.layer, layerNew: result.newLayers[key.layer] ?? key.layer,
          figure: figure.name, images: value.count, undefined: value.undefined, mean: rounded(value.mean),
          low: rounded(value.interval?.lowerBound), high: rounded(value.interval?.upperBound))
      }
    }
  }

  /// One line: an object with the same keys whatever was compared.
  func json() throws(InputError) -> String {
    try encodedJSON(
      Content(
        old: SourceRecord(file: old.description, sha256: digests.old, preprocess: preprocess.old),
        new: SourceRecord(file: new.description, sha256: digests.new, preprocess: preprocess.new),
        images: result.images, failed: failed, changed: result.changed, noAnswerOld: result.unanswered.old,
        noAnswerNew: result.unanswered.new, notFiniteMaps: result.notFinite, constantMaps: result.constant.pairs,
        emptyMaps: result.empty.pairs, seed: seed, unpaired: unpaired,
        figures: Self.figures.map { Column(name: $0.name, better: $0.isBetterHigh ? "higher" : "lower") }, rows: rows,
        worst: result.worst.entries.prefix(listed).map(Worst.init)), isSnakeCase: true)
  }

  /// A table (RFC 4180): a row a method, layer and figure.
  var csv: String {
    let head = ["method", "layer", "layer_new", "figure", "better", "images", "undefined", "mean", "low", "high"]
    let better = Dictionary(uniqueKeysWithValues: Self.figures.map { ($0.name, $0.isBetterHigh ? "higher" : "lower") })
    let body = rows.map { row in
      let names = [row.method, row.layer, row.layerNew, row.figure, better[row.figure] ?? ""].map(CSVTable.Cell.text)
      let counts = [row.images, row.undefined].map { CSVTable.Cell.number("\($0)") }
      return CSVTable.line(
        names + counts + [row.mean, row.low, row.high].map { .number($0.map { "\($0)" } ?? "") })
    }
    return CSVTable.line(head.map(CSVTable.Cell.text)) + body.joined()
  }
}
