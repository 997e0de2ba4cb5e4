/// One axis of a resize: which samples of the source make up each of some samples of the target.
///
/// The arithmetic follows PIL's `Resample.c` (and, for `nearest`, its `Geometry.c`) operation by operation, so that
/// the same bits come out.
struct ResamplingAxis {
  /// The first sample of the source for each sample of the target.
  private(set) var firsts: [Int] = []
  /// How many follow on from it.
  private(set) var counts: [Int] = []
  /// The weights, `stride` for each sample of the target, zero behind the last in use.
  private(set) var weights: [Double] = []
  let stride: Int
  /// Whether the target is the source.
  let isIdentity: Bool

  /// - Parameters:
  ///   - box: the part of the source that becomes the target; nil for all of it.
  ///   - wanted: the samples of the target to compute, of `target` in all.
  ///   - antialias: whether the kernel widens when the picture shrinks.
  init(
    source: Int, box: Range<Double>? = nil, target: Int, wanted: Range<Int>, interpolation: Interpolation,
    antialias: Bool
  ) {
    let box = box ?? 0..<Double(source)
    let scale = (box.upperBound - box.lowerBound) / Double(target)
    let widening = antialias ? max(scale, 1) : 1
    let support = interpolation.support * widening
    isIdentity = source == target && wanted == 0..<target && box == 0..<Double(source)
    guard interpolation != .nearest else {
      stride = 1
      firsts = Self.nearest(source: source, from: box.lowerBound, scale: scale, wanted: wanted)
      counts = Array(repeating: 1, count: wanted.count)
      weights = Array(repeating: 1, count: wanted.count)
      return
    }
    // A multiple of four, as the loops over them take them.
    stride = (Int(support.rounded(.up)) * 2 + 4) & ~3
    weights.reserveCapacity(stride * wanted.count)
    for index in wanted {
      let center = box.lowerBound + (Double(index) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let count = max(min(Int(center + support + 0.5), source) - first, 0)
      let raw = (0..<count).map { interpolation.weight(at: (Double($0 + first) - center + 0.5) * (1 / widening)) }
      let sum = raw.reduce(0, +)
      weights += raw.map { sum == 0 ? $0 : $0 / sum }
      weights += repeatElement(0, count: stride - count)
      firsts.append(first)
      counts.append(count)
    }
  }

  /// The samples of the source that any of the wanted ones needs.
  var span: Range<Int> {
    let first = firsts.first ?? 0
    return first..<max(zip(firsts, counts).map { $0 + $1 }.max() ?? 0, first)
  }

  /// An upper bound of `span`'s length and of the number of weights, before any memory is taken for them.
  static func size(
    source: Int, target: Int, wanted: Int, interpolation: Interpolation, antialias: Bool
  ) -> (span: Int, weights: Int) {
    let scale = Double(source) / Double(target)
    let support = interpolation.support * (antialias ? max(scale, 1) : 1)
    let reach = Int(2 * support) + 6
    return (min(source, Int(Double(wanted) * scale) + reach), wanted * reach)
  }

  /// Bits behind the binary point of `fixedPointWeights`: what 8-bit samples leave of 32, less two for overshoot.
  static let fixedPointBits: Int32 = 22

  /// The weights in fixed point, rounded half away from zero.
  var fixedPointWeights: [Int32] {
    weights.map { weight in
      let scaled = weight * Double(1 << Self.fixedPointBits)
      return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
    }
  }

  /// PIL adds the scale up from sample to sample; a product would round differently.
  private static func nearest(source: Int, from start: Double, scale: Double, wanted: Range<Int>) -> [Int] {
    var position = start + scale * 0.5
    var result: [Int] = []
    for index in 0..<wanted.upperBound {
      if index >= wanted.lowerBound { result.append(min(Int(position), source - 1)) }
      position += scale
    }
    return result
  }
}
