/// All maps of one image, and what they become where the model, the class or the image changes. Each change takes one forward pass and what
/// the methods need beside it, for all maps together, when a metric first asks.
final class ImageMaps {
  let maps: [ExplanationMap]
  private let input: Tensor
  private let explainer: Explainer
  private let models: RandomizedModels
  private let options: Evaluator.Options
  /// The classes that are explained, each once.
  private let classes: [Int]
  private var changed: [Change: [Heatmap?]] = [:]
  private var others: [Int: [Heatmap?]]?
  private var knownRanks: [Int: [Double]] = [:]

  /// What maps are made again for.
  private enum Change: Hashable {
    case weights(level: Int)
    case noise(draw: Int)
    case shift(ImageShift)
  }

  /// - Parameter input: 1 C H W.
  init(
    _ maps: [ExplanationMap], of input: Tensor, _ explainer: Explainer, _ models: RandomizedModels,
    _ options: Evaluator.Options
  ) {
    (self.maps, self.input, self.explainer) = (maps, input, explainer)
    (self.models, self.options) = (models, options)
    var seen = Set<Int>()
    classes = maps.map(\.target.index).filter { seen.insert($0).inserted }
  }

  private var seed: UInt64 { options.settings.seed }

  // MARK: Other models

  /// A map by models that are random from the head down, level by level; nil where one is not finite.
  func randomized(_ index: Int) throws -> [Heatmap?] {
    let levels = try models.levels(threads: explainer.threads)
    return try levels.indices.map { level in
      try made(.weights(level: level), index) {
        try Explainer(levels[level], beside: explainer).maps(of: input, classes: classes)
      }
    }
  }

  // MARK: Other classes

  /// A map's like for another class, drawn by the seed for each class; nil where it is not finite, or there is no other class.
  func ofOtherClass(_ index: Int) throws -> Heatmap? {
    let map = maps[index]
    guard let other = otherClass(than: map.target.index) else { return nil }
    if others == nil {
      var seen = Set<Int>()
      let asked = classes.compactMap(otherClass).filter { seen.insert($0).inserted }
      let found = try explainer.maps(of: input, classes: asked)
      let size = found.count / max(asked.count, 1)
      others = [:]
      for (place, number) in asked.enumerated() { others?[number] = Array(found[place * size..<(place + 1) * size]) }
    }
    // The maps of one class stand side by side.
    let first = maps.firstIndex { $0.target.index == map.target.index } ?? index
    return others?[other].flatMap { $0.indices.contains(index - first) ? $0[index - first] : nil }
  }

  /// One of the classes, of a network with one output the negative or the positive, beside this one and the one it is told from.
  private func otherClass(than index: Int) -> Int? {
    let count = max(explainer.setup.model.outputCount, 2)
    let taken = Set([index] + [explainer.setup.againstIndex].compactMap { $0 })
    guard count > taken.count else { return nil }
    let random = CounterRandom(seed: seed, stream: 159)
    var place = Int(random.bits(index) % UInt64(count - taken.count))
    for other in taken.sorted() where place >= other { place += 1 }
    return place
  }

  // MARK: Other images

  /// A map of the image with a little noise, draw by draw; nil where one is not finite.
  ///
  /// The noise is normal; its deviation is a small share of each channel's range in the image: see `MetricSettings.stabilityNoise`.
  func underNoise(_ index: Int) throws -> [Heatmap?] {
    try (0..<MetricSettings.stabilityDraws).map { draw in
      try made(.noise(draw: draw), index) { try explainer.maps(of: noisy(draw), classes: classes) }
    }
  }

  private func noisy(_ draw: Int) -> Tensor {
    let random = CounterRandom(seed: seed, stream: 160 + UInt64(draw))
    let size = input.shape.h * input.shape.w
    let planes = (0..<input.shape.c).map { channel in
      let plane = input.plane(channel)
      let range = Double((plane.max() ?? 0) - (plane.min() ?? 0)) * MetricSettings.stabilityNoise
      return (0..<size).map { Float(Double(plane[$0]) + range * Double(random.normal(channel * size + $0))) }
    }
    return Tensor(planes.flatMap { $0 }, input.shape)
  }

  /// A map of the image shifted to the four sides; nil where one is not finite.
  func shifted(_ index: Int) throws -> [(shift: ImageShift, map: Heatmap?)] {
    try ImageShift.all(of: input.shape).map { shift in
      (shift, try made(.shift(shift), index) { try explainer.maps(of: shift.moved(input), classes: classes) })
    }
  }

  // MARK: Other methods

  /// The maps of the other methods for the same class at the same layer; of a baseline, which has no layer, those of all methods.
  ///
  /// - Returns: their places among `maps`.
  func ofOtherMethods(_ index: Int) -> [Int] {
    let (map, baselines) = (maps[index], Set(options.baselines.map(\.name)))
    return maps.enumerated().filter { place, other in
      place != index && other.target.index == map.target.index && !baselines.contains(other.method.name)
        && (other.layer == map.layer || baselines.contains(map.method.name))
    }.map(\.offset)
  }

  /// The ranks of a map's values.
  func ranks(_ index: Int) -> [Double] {
    if let known = knownRanks[index] { return known }
    let found = GradCAMCore.ranks(maps[index].cam.values)
    knownRanks[index] = found
    return found
  }

  private func made(_ change: Change, _ index: Int, _ make: () throws -> [Heatmap?]) rethrows -> Heatmap? {
    if let known = changed[change] { return known[index] }
    let found = try make()
    changed[change] = found
    return found[index]
  }
}

/// A movement of the picture by whole pixels, to the right and down; the picture's edge goes on behind it.
struct ImageShift: Hashable {
  let x: Int
  let y: Int

  /// To the right, to the left, down and up, by a few pixels; none of a picture too small for it.
  static func all(of shape: Shape) -> [ImageShift] {
    let side = min(shape.h, shape.w)
    let distance = min(MetricSettings.stabilityShift, side / 8)
    guard distance > 0 else { return [] }
    return [(distance, 0), (-distance, 0), (0, distance), (0, -distance)].map { ImageShift(x: $0.0, y: $0.1) }
  }

  /// An image, 1 C H W, moved.
  func moved(_ input: Tensor) -> Tensor {
    let shape = input.shape
    let (height, width, channels) = (shape.h, shape.w, shape.c)
    return Tensor(shape) { target in
      for row in 0..<height {
        for column in 0..<width {
          let source = min(max(row - y, 0), height - 1) * width + min(max(column - x, 0), width - 1)
          (target + (row * width + column) * channels).update(from: input.elements + source * channels, count: channels)
        }
      }
    }
  }

  /// The values of a map and of one that moved, at the places that both show.
  func common(_ map: Heatmap, _ moved: Heatmap) -> (map: Heatmap, moved: Heatmap) {
    let (width, height) = (map.width - abs(x), map.height - abs(y))
    func part(_ whole: Heatmap, _ left: Int, _ top: Int) -> Heatmap {
      Heatmap(width: width, height: height) { whole.values[($0 / width + top) * whole.width + $0 % width + left] }
    }
    return (part(map, max(-x, 0), max(-y, 0)), part(moved, max(x, 0), max(y, 0)))
  }
}
