import Glibc

/// How a picture or a map is resized.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// A sample for a sample; the mean of those around, weighted by a triangle; Keys' cubic kernel, a = −0.5.
  case nearest, bilinear, bicubic
  /// The mean of those in a box; a triangle's, with Hamming's window on a sine; Lanczos' sine of three lobes. Pillow has them, and some
  /// models' settings ask for them.
  case box, hamming, lanczos

  /// How far the kernel reaches to either side, in samples of the source.
  var support: Double {
    switch self {
    case .nearest, .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The kernel at a distance from its centre; bicubic is Keys' with a = −0.5.
  func weight(at distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return x < 0.5 ? 1 : 0
    // A sample on the edge between two boxes belongs to the left one.
    case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .hamming: return x < 1 ? Self.sinc(x) * (0.54 + 0.46 * cos(x * .pi)) : 0
    // PIL's window is open on one side, where it is 0 anyhow.
    case .lanczos: return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
}
