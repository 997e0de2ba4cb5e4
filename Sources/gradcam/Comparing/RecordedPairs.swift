import GradCAMCore
import ModelFormats
import Synchronization

/// The maps that two runs of `explain` kept, compared without their models.
final class RecordedPairs: Sendable {
  private let old, new: RecordedMaps
  private let readRecipe: RecipeReader
  private let stop: StopRequest
  private let budget = MemoryBudget(.now())
  private let found = Mutex(Found())
  /// The first image that only the new file has.
  private let firstNew: FilePath?

  /// What had no partner, and of each kind the first in the old file's order.
  private struct Found {
    var unpaired = ComparisonTable.Unpaired()
    var onlyOld, withoutPair: (place: Int, image: FilePath)?
    var cause: (problem: String, remedy: String)?
  }

  /// The most methods and layers, together, that figures are kept of.
  private static let mostKinds = 200
  private let kinds = Mutex<Set<Leaderboard.Key>>([])

  /// - Throws: `InputError` naming a file of records that cannot be read, or holds none.
  init(_ old: FilePath, _ new: FilePath, stop: StopRequest, _ readRecipe: @escaping RecipeReader) throws(InputError) {
    self.old = try RecordedMaps(old, stop: stop)
    self.new = try RecordedMaps(new, stop: stop)
    (self.stop, self.readRecipe) = (stop, readRecipe)
    let alone = self.new.imagesAlone(beside: self.old)
    firstNew = alone.first
    found.withLock { $0.unpaired.onlyNew = alone.count }
    try checkClasses()
  }

  /// Refuses models of other classes, by the first image that both files have, if it is among the first thousand.
  private func checkClasses() throws(InputError) {
    for place in old.places.prefix(1000) {
      guard let image = old.record(at: place)?.image else { continue }
      let (olds, news) = records(of: image)
      guard !olds.isEmpty, !news.isEmpty else { continue }
      if let error = RecordedPair.unlikeClasses(olds, news, (old.path, new.path)) { throw error }
      return
    }
  }

  /// What both files say of an image of the old one.
  private func records(of image: FilePath) -> ([ExplanationRecord], [ExplanationRecord]) {
    let olds = old.records(of: image).map(\.record)
    let other = old.path(of: image, olds.last?.imageDigest, in: new)
    return (olds, other.map { new.records(of: $0).map(\.record) } ?? [])
  }

  /// Lines that are no records.
  var problems: [InputError] { old.problems + new.problems }

  /// What had no partner so far.
  var unpaired: ComparisonTable.Unpaired { found.withLock { $0.unpaired } }

  /// What was left out so far, a line a kind with the first image of it.
  var warnings: [InputError] {
    let found = found.withLock { $0 }
    func lacks(_ one: RecordedMaps, _ other: RecordedMaps, _ count: Int, _ first: FilePath?) -> InputError? {
      guard count > 0 else { return nil }
      let name = first.map { ", as \($0.description.shortened(to: 80))" } ?? ""
      return InputError(
        "\(one.path)", "does not have \(count.grouped) image(s) that \(other.path) has explained\(name)",
        remedy: "two runs over the same images")
    }
    let counts = found.unpaired
    var warnings = [
      lacks(new, old, counts.onlyOld, found.onlyOld?.image), lacks(old, new, counts.onlyNew, firstNew),
    ].compactMap { $0 }
    if counts.withoutPair > 0, let first = found.withoutPair {
      let cause = found.cause.map { ": \($0.problem)" } ?? ""
      let name = first.image.description.shortened(to: 60)
      warnings.append(
        InputError(
          "\(new.path)",
          "\(counts.withoutPair.grouped) image(s) have no map that the old records have, too, as \(name)\(cause)"))
    }
    if counts.withoutHeatmap > 0 {
      warnings.append(
        InputError(
          "\(new.path)", "\(counts.withoutHeatmap.grouped) pair(s) of maps keep no heatmaps here or in the old records")
      )
    }
    return warnings
  }

  /// Why nothing at all could be compared.
  var reason: InputError {
    let found = found.withLock { $0 }
    let counts = found.unpaired
    if counts.withoutHeatmap > 0 {
      return InputError(
        "\(old.path)", "keeps no heatmaps, or \(new.path) does not",
        remedy: "gradcam explain --heatmap 'DIR/{stem}.npy'")
    }
    if counts.withoutPair > 0, let cause = found.cause {
      return InputError(
        "\(old.path)", "has no map that \(new.path) has, too: \(cause.problem)", remedy: "\(cause.remedy)")
    }
    let name = (found.onlyOld?.image ?? firstNew).map { ", as \($0.description.shortened(to: 80))" } ?? ""
    return InputError(
      "\(old.path)", "has no image that \(new.path) has explained, too\(name)", remedy: "two runs over the same images")
  }

  /// Refuses options of models and images, which have no meaning for maps that are made already.
  ///
  /// - Throws: `InputError` naming one.
  static func check(_ options: Options) throws(InputError) {
    let inputs = options.inputs
    let others: [(Bool, String)] = [
      (options.records.file != nil, "--records"), (inputs.isRecursive, "--recursive"), (inputs.shard != nil, "--shard"),
      (inputs.filesFrom != nil, "--files-from"), (options.running.threads != nil, "--threads"),
    ]
    let typed = options.recipe.first.map { String($0.prefix { $0 != "=" }) } ?? others.first(where: \.0)?.1
    if let typed {
      throw InputError("\(typed)", "cannot be given with records: their maps are made already", remedy: "two models")
    }
    guard let image = options.operands.first else { return }
    throw InputError("\(image)", "is one operand too many beside two files of records", remedy: "two models and images")
  }

  /// Compares all images that both files have, in the old one's order.
  ///
  /// - Parameter take: gets each outcome once it is told, in order, one call at a time.
  /// - Throws: what is no end of a run; see `RunEnd`.
  func work(
    _ narrator: Narrator, jobs: Int, take: @escaping @Sendable (ImageOutcome) -> Void
  ) throws -> (RunSummary, RunEnd?) {
    var end: RunEnd?
    var places = old.places.makeIterator()
    do {
      try OrderedWork.run(
        { [stop] in stop.signal == nil ? places.next() : nil }, workers: jobs, window: 16 + 4 * jobs,
        makeWorker: { [self] in { place in self.compare(place) } },
        deliver: { outcome in
          guard let outcome else { return }
          try narrator.add(outcome, passedOver: 0)
          take(outcome)
        })
    } catch let error as RunEnd { end = error }
    return (try narrator.finish(), end)
  }

  /// nil for an image without a pair of maps, and for one that a record before it was of.
  private func compare(_ place: Int) -> ImageOutcome? {
    guard let image = old.record(at: place)?.image, old.isFirst(place, of: image) else { return nil }
    let (olds, news) = records(of: image)
    guard !olds.isEmpty, !news.isEmpty else {
      found.withLock { found in
        guard !(olds.isEmpty && news.isEmpty), news.isEmpty else {
          if !news.isEmpty { found.unpaired.onlyNew += 1 }
          return
        }
        found.unpaired.onlyOld += 1
        if place < found.onlyOld?.place ?? .max { found.onlyOld = (place, image) }
      }
      return nil
    }
    do {
      if let record = try compare(olds, news) { return ImageOutcome(record: .explained(record)) }
      found.withLock { found in
        found.unpaired.withoutPair += 1
        guard place < found.withoutPair?.place ?? .max else { return }
        (found.withoutPair, found.cause) = ((place, image), RecordedPair.cause(olds, news))
      }
      return nil
    } catch {
      return .failed(image, error, error.isOutOfMemory ? .noMemory : .unreadable)
    }
  }

  private func compare(
    _ olds: [ExplanationRecord], _ news: [ExplanationRecord]
  ) throws(InputError) -> ExplanationRecord? {
    if let error = RecordedPair.unlikeClasses(olds, news, (old.path, new.path)) {
      throw InputError("", "\(error.message)")
    }
    let (pairs, alone) = RecordedPair.pairs(olds, news)
    found.withLock { $0.unpaired.maps += alone }
    let claim = MemoryClaim(budget)
    defer { claim.release() }
    var maps: [MapRecord] = []
    for pair in pairs {
      guard let files = pair.files else {
        found.withLock { $0.unpaired.withoutHeatmap += 1 }
        continue
      }
      try expectKind(pair.old.map)
      let comparison = MapComparison(try pair.read(files, claim))
      var map = pair.old.map
      map.diff = MapDiffRecord(pair.new.map, comparison)
      maps.append(map)
    }
    guard !maps.isEmpty, let pair = pairs.first else { return nil }
    var record = pair.old.record
    (record.maps, record.diff) = (maps, try DiffRecord(pair.old.record, pair.new.record))
    return record
  }

  private func expectKind(_ map: MapRecord) throws(InputError) {
    let key = Leaderboard.Key(method: map.method, layer: map.layer)
    let isKnown = kinds.withLock { kinds in
      if kinds.count < Self.mostKinds { kinds.insert(key) }
      return kinds.contains(key)
    }
    guard !isKnown else { return }
    throw InputError("", "has a map by one method or layer too many", remedy: "at most \(Self.mostKinds) in a file")
  }
}

extension RecordedPairs: ComparedMaps {
  func draw(
    _ entry: WorstMaps.Entry, _ use: (DecodedImage, Preprocessing, MapPair) throws -> Void
  ) throws {
    let (olds, news) = records(of: entry.image)
    let kept = RecordedPair.pairs(olds, news).pairs.filter { $0.files != nil }
    guard kept.indices.contains(entry.index), let files = kept[entry.index].files else {
      throw InputError("", "has other records now")
    }
    let record = kept[entry.index].old.record
    guard !record.path.isDash else { throw InputError("", "came from standard input, which cannot be read again") }
    try RecordedFile.check(record.path)
    let file = try ImageSource(operand: record.path).read(stop)
    guard SHA256.digest(of: file.bytes) == entry.imageDigest else { throw InputError("", "has changed since") }
    let claim = MemoryClaim(budget)
    defer { claim.release() }
    let pair = try kept[entry.index].read(files, claim)
    let picture = MemoryClaim(MemoryBudget(.now()))
    var decoding = (try? readRecipe(record.options))?.decoding ?? ImageDecoder.Options()
    decoding.admit = { (extent) throws(InputError) in
      try picture.take(MemoryNeed(filled: extent.decodingBytes + 2 * extent.bytes), "showing it takes")
    }
    let decoded = try ImageDecoder.decode(file, options: decoding)
    try file.requireUnchanged()
    try use(decoded, try Preprocessing(recorded: record.preprocess), pair)
  }
}

extension RecordedPair {
  /// Where both maps' numbers are kept; nil where one is not.
  fileprivate var files: (old: MapRecord.File, new: MapRecord.File)? {
    guard let one = old.map.heatmapFile, let other = new.map.heatmapFile else { return nil }
    return (one, other)
  }
}

extension MapDiffRecord {
  fileprivate init(_ map: MapRecord, _ comparison: MapComparison) {
    self.init(comparison, layer: map.layer, verdict: map.verdict)
    (score, mapShape, mapMin, mapMax) = (map.score, map.mapShape, map.mapMin, map.mapMax)
  }
}

extension DiffRecord {
  /// What two records say of an image's class. Of a class that is not among the best of the other record nothing is known there.
  ///
  /// - Throws: `InputError` without a subject where one of them says nothing.
  fileprivate init(_ old: ExplanationRecord, _ new: ExplanationRecord) throws(InputError) {
    guard !old.prediction.isEmpty, !new.prediction.isEmpty else {
      throw InputError("", "has a record without a prediction", remedy: "one of this version")
    }
    let (top, newTop) = (old.answer, new.answer)
    func isSame(_ one: PredictionRecord, _ other: PredictionRecord) -> Bool {
      guard let label = one.label, let otherLabel = other.label else { return one.index == other.index }
      return label.lowercased() == otherLabel.lowercased()
    }
    func certainty(_ entry: PredictionRecord, in record: ExplanationRecord) -> ClassInBoth.Certainty? {
      record.prediction.first { isSame($0, entry) }.map {
        ClassInBoth.Certainty(probability: $0.probability, logit: $0.logit)
      }
    }
    func both(_ entry: PredictionRecord) -> ClassInBoth {
      let own = old.prediction.first { isSame($0, entry) } ?? entry
      return ClassInBoth(
        index: own.index, label: entry.label, old: certainty(entry, in: old), new: certainty(entry, in: new))
    }
    self.init(
      model: new.model, modelDigest: new.modelDigest, modelDataDigest: new.modelDataDigest, preprocess: new.preprocess,
      topOld: top.map(both), topNew: newTop.map(both),
      changed: top.flatMap { top in newTop.map { !isSame(top, $0) } } ?? true)
  }
}
