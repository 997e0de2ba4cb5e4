/// How a picture or a map is resized.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// A sample for a sample; the mean of those around, weighted by a triangle; Keys' cubic kernel, a = −0.5.
  case nearest, bilinear, bicubic

  /// How far the kernel reaches to either side, in samples of the source.
  var support: Double {
    switch self {
    case .nearest: 0.5
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The kernel at a distance from its centre; bicubic is Keys' with a = −0.5.
  func weight(at distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return x < 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
  }
}
