import GradCAMCore
import ModelFormats

/// What `gradcam bench --stages` prints: the median times of all that becomes of one image, each stage alone.
struct StageTimes: Encodable {
  private var decode = 0.0
  private var preprocess = 0.0
  private var engine = 0.0
  private var draw = 0.0
  private var encode = 0.0

  enum CodingKeys: String, CodingKey {
    case decode = "decode_ms"
    case preprocess = "preprocess_ms"
    case engine = "engine_ms"
    case draw = "draw_ms"
    case encode = "encode_ms"
  }

  /// Times every stage `runs` times.
  ///
  /// - Throws: `InputError` naming the image.
  init(of path: FilePath, _ explainer: Explainer, runs: Int) throws {
    let file = try FileBytes(path: path)
    let image: Image
    do { image = try ImageDecoder.decode(file).image } catch { throw error.about("\(path)") }
    let prepared = try explainer.prepare(image)
    let map = try explainer.explain(prepared, of: image).maps[0]
    let overlay = Overlay.draw(map.drawn, over: prepared.crop)
    decode = try Self.median(runs) { _ = try ImageDecoder.decode(file) }
    preprocess = try Self.median(runs) { _ = try explainer.prepare(image) }
    engine = try Self.median(runs) { _ = try explainer.explain(prepared, of: image) }
    draw = try Self.median(runs) { _ = Overlay.draw(map.drawn, over: prepared.crop) }
    encode = try Self.median(runs) { _ = try PNGEncoder.encode(overlay) }
  }

  /// The times for people.
  var lines: [String] {
    let times = [decode, preprocess, engine, draw, encode]
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
