extension Preprocessor {
  /// The bits that a picture of 16 uses where it leaves the upper ones alone, and nothing sure says how it is meant.
  public struct PartialUse: Sendable, Hashable {
    /// What a PNG's sBIT chunk says; else 8, 10, 12 or 14: what detectors give, the least that holds the largest sample.
    public let bits: Int
    /// The largest sample.
    public let largest: Int

    /// The largest number of so many bits; a few samples may be above it where a chunk says the bits.
    public var white: Int { 1 << bits - 1 }
  }

  /// Tells a picture that nearly surely has fewer bits than its file; nil for all others.
  ///
  /// A top bit alone is no sign: ordinary pictures are darker than half.
  public func partialUse(of decoded: DecodedImage) -> PartialUse? {
    guard case .deep(let image) = decoded.content, image.most == 65535, image.largest > 0,
      specification.window == nil, specification.bits == .auto || specification.bits == .eight
    else { return nil }
    let bits: Int?
    if let significance = image.significance {
      bits = significance.mayBeLow ? significance.bits.max().flatMap { $0 <= 14 ? $0 : nil } : nil
    } else {
      bits = [8, 10, 12, 14].first { image.largest < 1 << $0 }
    }
    return bits.map { PartialUse(bits: $0, largest: image.largest) }
  }

  /// How a window, or a number of bits, does not fit a picture.
  public enum Misfit: Sendable, Hashable {
    /// White lies above the largest sample that the file can have, `most`: the picture becomes darker than it is.
    case dark(most: Int)
    /// So many of the samples, 0…1, become black.
    case black(share: Double)
    /// So many of them lie above white.
    case white(share: Double)
  }

  /// Tells a window, or a number of bits, that was chosen for other pictures, with the words that chose it.
  ///
  /// A window may well cut off a dark background, and some of the bright: one that blackens 95 % of the samples, or has
  /// half of them above its white, does not fit. A number of bits says that no sample is larger: 1 % are too many.
  public func misfit(of decoded: DecodedImage) -> (choice: String, misfit: Misfit)? {
    let (choice, window, brightest): (String, Preprocessing.Window, Double)
    if let chosen = specification.window {
      (choice, window, brightest) = ("window=\(chosen.text)", chosen, 0.5)
    } else if case .significant(let bits) = specification.bits, case .deep = decoded.content {
      (choice, window, brightest) = ("bits=\(bits)", .init(low: 0, high: Double(1 << bits - 1)), 0.01)
    } else {
      return nil
    }
    let shares = decoded.shares(outside: window)
    if shares.black >= 0.95 && specification.window != nil { return (choice, .black(share: shares.black)) }
    if shares.white >= brightest { return (choice, .white(share: shares.white)) }
    return window.high > Double(decoded.most) ? (choice, .dark(most: decoded.most)) : nil
  }
}

extension DecodedImage {
  /// How many of the samples a window makes black, and how many lie above its white: 0…1.
  fileprivate func shares(outside window: Preprocessing.Window) -> (black: Double, white: Double) {
    switch content {
    // The picture was scaled to 255 when it was read.
    case .plain(let image): Self.shares(of: image.samples, outside: window, unit: Double(most) / 255)
    case .deep(let image): Self.shares(of: image.samples, outside: window, unit: 1)
    }
  }

  private static func shares<Sample: BinaryInteger>(
    of samples: [Sample], outside window: Preprocessing.Window, unit: Double
  ) -> (black: Double, white: Double) {
    var (black, white) = (0, 0)
    for sample in samples {
      let value = Double(Int(sample)) * unit
      if value <= window.low { black += 1 }
      if value > window.high { white += 1 }
    }
    let count = Double(max(samples.count, 1))
    return (Double(black) / count, Double(white) / count)
  }
}
