import Glibc
import ModelFormats

/// How often each of many resamples of a set of images holds one image: the online bootstrap, whose counts are Poisson's of mean 1.
///
/// An image's counts depend on the seed and its name alone. Neither the order of images nor how many there are matters, shards of a run agree with the
/// whole, and all methods are measured on the same resamples, as paired differences need it.
///
/// Oza and Russell, "Online Bagging and Boosting", 2001; Chamandy et al., "Estimating Uncertainty for Massive Data Streams", Google
/// 2012.
public struct BootstrapWeights: Sendable {
  /// How many resamples there are.
  public static let resamples = 1000
  /// By resample, how often it holds the image.
  public let counts: [UInt8]

  /// - Parameter name: what tells the image from others; equal names are one image.
  public init(image name: [UInt8], seed: UInt64) {
    let random = CounterRandom(seed: seed ^ FNV1a.hash64(name), stream: 99)
    counts = (0..<Self.resamples).map { number in
      // The share of a 64-bit number that lies below each count's: by hand, since the sum of probabilities ends soon.
      let share = Double(random.bits(number) >> 11) * 0x1p-53
      return UInt8(Self.cumulative.firstIndex { share < $0 } ?? Self.cumulative.count)
    }
  }

  /// P(X ≤ k) of Poisson's distribution of mean 1.
  private static let cumulative: [Double] = {
    var (sum, term, all) = (0.0, exp(-1.0), [Double]())
    for k in 0..<20 {
      if k > 0 { term /= Double(k) }
      sum += term
      all.append(sum)
    }
    return all
  }()
}
