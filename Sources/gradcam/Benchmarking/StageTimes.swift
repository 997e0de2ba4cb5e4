import GradCAMCore
import ModelFormats

/// What `gradcam bench --stages` prints: the median times of all that becomes of one image, each stage alone.
struct StageTimes: Encodable {
  private var decodeMs = 0.0
  private var preprocessMs = 0.0
  private var engineMs = 0.0
  private var drawMs = 0.0
  private var encodeMs = 0.0

  /// Times every stage `runs` times.
  ///
  /// - Throws: `InputError` naming the image.
  init(of path: FilePath, _ explainer: Explainer, runs: Int) throws {
    let file = try FileBytes(path: path)
    let image: DecodedImage
    do { image = try ImageDecoder.decode(file) } catch { throw error.about("\(path)") }
    let prepared = try explainer.prepare(image)
    let shown = explainer.setup.preprocessor.shown(image)
    let map = try explainer.explain(prepared, of: shown).maps[0]
    let overlay = Overlay.draw(map.drawn, over: prepared.crop)
    decodeMs = try Self.median(runs) { _ = try ImageDecoder.decode(file) }
    preprocessMs = try Self.median(runs) { _ = try explainer.prepare(image) }
    engineMs = try Self.median(runs) { _ = try explainer.explain(prepared, of: shown) }
    drawMs = try Self.median(runs) { _ = Overlay.draw(map.drawn, over: prepared.crop) }
    encodeMs = try Self.median(runs) { _ = try PNGEncoder.encode(overlay) }
  }

  /// The times for people.
  var lines: [String] {
    let times = [decodeMs, preprocessMs, engineMs, drawMs, encodeMs]
    let names = ["decode", "preprocess", "engine", "draw", "encode"]
    return alignedColumns(zip(names, times).map { [$0, "\($1.fixed(2)) ms"] })
      + ["\(times.reduce(0, +).fixed(2)) ms for one image on one core"]
  }

  private static func median(_ runs: Int, _ work: () throws -> Void) throws -> Double {
    try work()
    let times = try (0..<runs).map { _ in
      let start = millisecondsNow()
      try work()
      return millisecondsNow() - start
    }.sorted()
    return (times[(runs - 1) / 2] + times[runs / 2]) / 2
  }
}
