import GradCAMCore
import Testing

@testable import gradcam

@Suite struct MapBoundTests {
  private let old: [Float] = [0, 0.5, 1, 0.25]

  private func isWithin(_ bound: MapBound, _ changes: [Float]) -> Bool {
    bound.compare(zip(old, changes).map { $0 + $1 }, old).isWithin
  }

  @Test func `A steady map changes by little everywhere`() {
    #expect(isWithin(MapBound(), [0, 9e-5, 0, -9e-5]))
    #expect(!isWithin(MapBound(), [0, 0, 0, 1.1e-4]))
  }

  @Test func `A map that jumps does so at few cells`() {
    let bound = MapBound(tolerance: .jumping)
    #expect(isWithin(bound, [0, 0, 0, 3e-3]) && isWithin(bound, [8e-4, 8e-4, 8e-4, 8e-4]))
    #expect(!isWithin(bound, [1e-3, 1e-3, 1e-3, 1e-3]) && !isWithin(bound, [0, 0, 0, 4e-3]))
    let large = [Float](repeating: 1, count: 255) + [0]
    #expect(bound.compare(large.dropLast() + [0.04], large).isWithin)
    #expect(!bound.compare(large.dropLast() + [0.06], large).isWithin)
  }

  /// What was cut off is a thousand times what is left, and rounding with it.
  @Test func `Faint evidence is measured by the strong one`() {
    #expect(isWithin(MapBound(unit: 1e-3), [0, 0, 0, 0.09]) && !isWithin(MapBound(unit: 1e-3), [0, 0, 0, 0.11]))
    // Nothing speaks for the class on one processor, and next to nothing on the other.
    #expect(
      MapBound(unit: 1e-7).compare([0, 1], [0, 0]).isWithin && !MapBound(unit: 0.5).compare([0, 1], [0, 0]).isWithin)
    #expect(MapBound(unit: 0).compare([0, 0], [0, 0]).isWithin)
  }
}
