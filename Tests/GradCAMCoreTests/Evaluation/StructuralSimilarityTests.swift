import Testing

@testable import GradCAMCore

/// Structural similarity against scikit-image 0.26.
@Suite struct StructuralSimilarityTests {
  /// A sawtooth from 0 to 1.
  private static func map(_ width: Int, _ height: Int, step: Int, period: Int) -> Heatmap {
    Heatmap(width: width, height: height) { Float($0 * step % period) / Float(period - 1) }
  }

  @Test func `It equals scikit-image's with Gaussian weights`() {
    let odd = structuralSimilarity(Self.map(13, 17, step: 7, period: 23), Self.map(13, 17, step: 5, period: 19))
    let even = structuralSimilarity(Self.map(16, 11, step: 3, period: 29), Self.map(16, 11, step: 11, period: 31))
    #expect(abs(odd - 0.039910944408511416) < 1e-6)
    #expect(abs(even - -0.06449549445762921) < 1e-6)
  }

  @Test func `Equal maps have 1, and one of less contrast has less`() {
    let map = Self.map(13, 17, step: 7, period: 23)
    let pale = Heatmap(width: 13, height: 17) { map.values[$0] * 0.8 + 0.1 }
    #expect(structuralSimilarity(map, map) == 1)
    #expect(abs(structuralSimilarity(map, pale) - 0.9756959458953722) < 1e-6)
  }

  @Test func `Maps smaller than the window are measured`() {
    let map = Self.map(4, 3, step: 5, period: 7)
    #expect(abs(structuralSimilarity(map, map) - 1) < 1e-12)
    let dot = Heatmap(width: 1, height: 1, values: [0.5])
    #expect(structuralSimilarity(dot, dot) == 1)
  }
}
