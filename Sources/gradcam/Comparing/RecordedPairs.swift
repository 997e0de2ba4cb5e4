import GradCAMCore
import ModelFormats
import Synchronization

/// The maps that two runs of `explain` kept, compared without their models.
final class RecordedPairs: Sendable {
  private let old, new: RecordedMaps
  private let readRecipe: RecipeReader
  private let stop: StopRequest
  private let budget = MemoryBudget(.now())
  private let found = Mutex(ComparisonTable.Unpaired())

  /// The most methods and layers, together, that figures are kept of.
  private static let mostKinds = 200
  private let kinds = Mutex<Set<Leaderboard.Key>>([])

  /// - Throws: `InputError` naming a file of records that cannot be read, or holds none.
  init(_ old: FilePath, _ new: FilePath, stop: StopRequest, _ readRecipe: @escaping RecipeReader) throws(InputError) {
    self.old = try RecordedMaps(old, stop: stop)
    self.new = try RecordedMaps(new, stop: stop)
    (self.stop, self.readRecipe) = (stop, readRecipe)
    found.withLock { $0.onlyNew = self.new.countImages(without: self.old) }
  }

  /// Lines that are no records.
  var problems: [InputError] { old.problems + new.problems }

  /// What had no partner so far.
  var unpaired: ComparisonTable.Unpaired { found.withLock { $0 } }

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
  /// - Parameter take: gets each record once it is told, in order, one call at a time.
  /// - Throws: what is no end of a run; see `RunEnd`.
  func work(
    _ narrator: Narrator, jobs: Int, take: @escaping @Sendable (ExplanationRecord) -> Void
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
          if case .explained(let record) = outcome.record { take(record) }
        })
    } catch let error as RunEnd { end = error }
    return (try narrator.finish(), end)
  }

  /// nil for an image without a pair of maps, and for one that a record before it was of.
  private func compare(_ place: Int) -> ImageOutcome? {
    guard let record = old.record(at: place) else { return nil }
    let image: FilePath
    switch record {
    case .explained(let record): image = record.path
    case .failed(let record): image = record.path
    }
    guard old.isFirst(place, of: image) else { return nil }
    let (olds, news) = (old.records(of: image), new.records(of: image))
    guard !olds.isEmpty, !news.isEmpty else {
      found.withLock { if news.isEmpty { $0.onlyOld += 1 } else { $0.onlyNew += 1 } }
      return nil
    }
    do {
      return try compare(olds.map(\.record), news.map(\.record)).map { ImageOutcome(record: .explained($0)) }
    } catch {
      return .failed(image, error, error.isOutOfMemory ? .noMemory : .unreadable)
    }
  }

  private func compare(
    _ olds: [ExplanationRecord], _ news: [ExplanationRecord]
  ) throws(InputError) -> ExplanationRecord? {
    let (pairs, alone) = RecordedPair.pairs(olds, news)
    found.withLock { $0.maps += alone }
    let claim = MemoryClaim(budget)
    defer { claim.release() }
    var maps: [MapRecord] = []
    for pair in pairs {
      guard let files = pair.files else {
        found.withLock { $0.withoutHeatmap += 1 }
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
    let (olds, news) = (old.records(of: entry.image).map(\.record), new.records(of: entry.image).map(\.record))
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
    guard let top = old.prediction.first, let newTop = new.prediction.first else {
      throw InputError("", "has a record without a prediction", remedy: "one of this version")
    }
    func isSame(_ one: PredictionRecord, _ other: PredictionRecord) -> Bool {
      guard let label = one.label, let otherLabel = other.label else { return one.index == other.index }
      return label == otherLabel
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
      topOld: both(top), topNew: both(newTop), changed: !isSame(top, newTop))
  }
}
