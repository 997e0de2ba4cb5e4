import GradCAMCore
import ModelFormats

/// Explains images with two models, one image after the other, with sessions of its own.
final class ComparisonWorker {
  private let plan: ComparisonPlan
  private let old, new: Explainer
  private var isWarm = false
  /// What is being done to the image at hand, for the kind of its failure.
  private var stage = FailureKind.unreadable

  init(_ plan: ComparisonPlan) {
    self.plan = plan
    old = Explainer(plan.old.setup, threads: plan.share.threads)
    new = Explainer(plan.new.setup, threads: plan.share.threads)
  }

  /// Compares the maps of one image.
  func compare(_ item: ImageStream.Item) -> ImageOutcome {
    switch item {
    case .refused(let path, let error): return .failed(path, error, .collision)
    case .unreadable(let path, let error): return .failed(path, error, .unreadable)
    case .image(let source):
      if let record = plan.finished?.comparison(of: source) { return ImageOutcome(kept: record) }
      guard plan.watch.holds() else { return .dropped }
      do { return try compare(source) } catch {
        guard plan.watch.holds() else { return .dropped }
        let known = (error as? InputError) ?? InputError("", "\(error)")
        return .failed(source.path, known, known.isOutOfMemory ? .noMemory : stage)
      }
    }
  }

  private func compare(_ source: ImageSource) throws -> ImageOutcome {
    let start = millisecondsNow()
    return try read(source) { decoded, file in
      let image = try explain(decoded)
      let stamp = source.path.isDash ? nil : file.version.map(FileStamp.init)
      let digest = SHA256.digest(of: file.bytes)
      let record = plan.record(image, source, digest, stamp, milliseconds: millisecondsNow() - start)
      return ImageOutcome(record: .explained(record))
    }
  }

  /// Does something with an image once the memory for it can be had.
  private func read<Result>(
    _ source: ImageSource, _ work: (DecodedImage, FileBytes) throws -> Result
  ) throws -> Result {
    stage = .unreadable
    let file = try source.read(plan.stop)
    stage = ImageFormat(file.bytes).isReadable ? .damaged : .noImage
    let claim = plan.memory.claim()
    defer { claim.release() }
    let decoded = try plan.options.decode(file, leastSize: plan.old.setup.preprocessor.leastSize) {
      [memory = plan.memory, isFirst = !isWarm] (extent) throws(InputError) in
      try memory.take(extent, claim, isFirst: isFirst)
    }
    try file.requireUnchanged()
    stage = .notExplained
    let result = try work(decoded, file)
    (isWarm, plan.memory.isModelReady) = (true, true)
    return result
  }

  /// Explains an image with both models: the new one explains the classes that the old one explained.
  private func explain(_ decoded: DecodedImage) throws -> ComparedImage {
    let before = try old.explain(decoded)
    let prepared: PreprocessedImage
    do throws(InputError) { prepared = try new.prepare(decoded) } catch {
      throw InputError(error.subject, "\(error.problem), for \(plan.new.path)", remedy: error.remedy)
    }
    var indices: [Int] = []
    for map in before.maps where !indices.contains(map.target.index) { indices.append(map.target.index) }
    let after = try new.explain(prepared, of: before.image, classes: indices.map { plan.classes.toNew[$0] })
    guard before.maps.count == after.maps.count else {
      throw InputError("", "has \(before.maps.count) maps of the old model and \(after.maps.count) of the new one")
    }
    let pairs = try zip(before.maps, after.maps).map { one, other throws(InputError) in
      guard let pair = MapPair(before.placed(one), after.placed(other)) else {
        throw InputError("", "the models see no common part of it")
      }
      return pair
    }
    return ComparedImage(old: before, new: after, pairs: pairs)
  }
}

extension ComparisonWorker: ComparedMaps {
  func draw(
    _ entry: WorstMaps.Entry, _ use: (DecodedImage, Preprocessing, MapPair) throws -> Void
  ) throws {
    guard !entry.image.isDash else { throw InputError("", "came from standard input, which cannot be read again") }
    guard FileIdentity(entry.image) != nil else { throw InputError("", "is no file, or is gone") }
    try read(ImageSource(operand: entry.image)) { decoded, file in
      guard SHA256.digest(of: file.bytes) == entry.imageDigest else { throw InputError("", "has changed since") }
      let image = try explain(decoded)
      guard image.pairs.indices.contains(entry.index) else { throw InputError("", "has other maps now") }
      try use(decoded, plan.old.setup.preprocessor.specification, image.pairs[entry.index])
    }
  }
}
