import Foundation
import Testing

@testable import GradCAMCore

/// How alike two maps are, against double precision: SciPy's `spearmanr`, scikit-image 0.26's `structural_similarity` and NumPy, of maps
/// that are enlarged as PyTorch 2.13's `interpolate` and SciPy's `map_coordinates` do, to 1e-12.
@Suite struct MapComparisonTests {
  /// A wave of both signs whose cells have nothing to do with each other.
  private static func map(_ side: Int, _ frequency: Double) -> Heatmap {
    Heatmap(width: side, height: side) { Float(sin(Double($0 * $0) * frequency + Double($0)) + 0.3) }
  }

  private static let one = map(7, 0.37)
  /// Like the first one.
  private static let near: Heatmap = {
    let other = map(7, 0.53)
    return Heatmap(width: 7, height: 7) { 0.7 * one.values[$0] + 0.3 * other.values[$0] }
  }()
  private static let far = map(5, 0.53)

  private static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, of image: (Int, Int))
    -> CropGeometry
  {
    CropGeometry(imageWidth: image.0, imageHeight: image.1, x: x, y: y, width: width, height: height)
  }

  /// Both over the same rectangle, at 40×32.
  private static func compare(_ old: Heatmap, _ new: Heatmap) throws -> MapComparison {
    let seen = rectangle(10, 0, 160, 128, of: (200, 140))
    let sides = [old, new].map { PlacedMap($0, seen: seen, inputWidth: 40, inputHeight: 32) }
    return MapComparison(try #require(MapPair(sides[0], sides[1])))
  }

  private static func expect(
    _ comparison: MapComparison, _ rank: Double, _ ssim: Double, _ overlap: Double, _ shift: Double, _ share: Double
  ) {
    let due: [(ComparisonFigure, Double)] = [
      (.rank, rank), (.ssim, ssim), (.overlap, overlap), (.shift, shift), (.shiftShare, share),
    ]
    for (figure, value) in due {
      #expect(abs(comparison[figure] - value) < 1e-4 * max(value.magnitude, 1), "\(figure): \(comparison[figure])")
    }
  }

  @Test func `Figures of maps over the same rectangle`() throws {
    Self.expect(
      try Self.compare(Self.one, Self.near), 0.9318093890981459, 0.7596183022796741, 0.7421875, 2.803097908035885,
      0.011481936413015714)
    Self.expect(
      try Self.compare(Self.one, Self.far), 0.024432042916119494, 0.06968160294250839, 0.0234375, 15.18194418680071,
      0.06218766646682814)
  }

  @Test func `Models that see other parts at other sizes are compared where both look`() throws {
    let image = (200, 100)
    let whole = PlacedMap(Self.one, seen: Self.rectangle(0, 0, 200, 100, of: image), inputWidth: 40, inputHeight: 20)
    let middle = { (map: Heatmap) in
      PlacedMap(map, seen: Self.rectangle(50, 0, 100, 100, of: image), inputWidth: 25, inputHeight: 25)
    }
    let pair = try #require(MapPair(whole, middle(Self.near)))
    #expect(pair.part == Self.rectangle(50, 0, 100, 100, of: image))
    #expect((pair.old.width, pair.old.height) == (25, 25))
    Self.expect(
      MapComparison(pair), 0.2634012758888039, 0.37516921864173913, 0.12698412698412698, 11.095796523613695,
      0.049621910582612144)
    Self.expect(
      MapComparison(try #require(MapPair(whole, middle(Self.far)))), 0.018571436331277644, 0.0031546163598512272,
      0.12698412698412698, 10.481798310101105, 0.04687602709565698)
    let aside = PlacedMap(Self.far, seen: Self.rectangle(0, 0, 40, 100, of: image), inputWidth: 25, inputHeight: 25)
    #expect(MapPair(aside, middle(Self.far)) == nil)
  }

  @Test func `A map on the whole image is compared where the model looked`() throws {
    let seen = Self.rectangle(50, 0, 100, 100, of: (200, 100))
    let covered = Self.rectangle(0, 0, 200, 100, of: (200, 100))
    // The left half of the picture is 0, the right half 1: what the model saw is half and half.
    let map = Heatmap(width: 200, height: 100) { $0 % 200 < 100 ? 0 : 1 }
    let side = PlacedMap(map, seen: seen, covered: covered, inputWidth: 10, inputHeight: 10)
    let pair = try #require(MapPair(side, side))
    #expect(pair.old.values == (0..<100).map { $0 % 10 < 5 ? 0 : 1 })
  }

  @Test func `Cells are those of the metrics where both saw the same`() throws {
    let seen = Self.rectangle(0, 0, 40, 32, of: (40, 32))
    let side = PlacedMap(Self.far, seen: seen, inputWidth: 40, inputHeight: 32)
    let pair = try #require(MapPair(side, side))
    #expect(pair.old == Self.far.enlarged(height: 32, width: 40))
  }

  @Test func `Rectangles in single precision give the same figures`() throws {
    // Half of the cells are 0. A trace of a neighbour in one of them would give it another rank than the others have.
    let map = Heatmap(width: 8, height: 8) { max(Self.one.values[$0 % 49], 0) }
    let image = (1357, 913)
    let (x, size) = (1357.0 / 7, 913.0 / 1.3)
    func figures(_ place: (Double) -> Double) throws -> MapComparison {
      let old = PlacedMap(map, seen: Self.rectangle(0, 0, 913, 913, of: image), inputWidth: 64, inputHeight: 64)
      let seen = Self.rectangle(place(x), place(0), place(size), place(size), of: image)
      return MapComparison(
        try #require(MapPair(old, PlacedMap(map, seen: seen, inputWidth: 64, inputHeight: 64))))
    }
    let (exact, recorded) = (try figures { $0 }, try figures { Double(Float($0)) })
    for figure in ComparisonFigure.allCases {
      #expect(abs(exact[figure] - recorded[figure]) < 1e-4, "\(figure): \(exact[figure]), \(recorded[figure])")
    }
  }

  @Test func `A map is itself`() throws {
    let comparison = try Self.compare(Self.one, Self.one)
    #expect(comparison.rank == 1 && comparison.ssim == 1 && comparison.overlap == 1 && comparison.shift == 0)
    #expect(comparison.isFinite && !comparison.isOldConstant && !comparison.isNewConstant)
  }

  @Test func `Equal values at the edge of the hottest tenth share its places`() {
    let zeros = [Float](repeating: 0, count: 16)
    // Two of twenty count. In the second map one place is left among 18 zeros, in the third the other of a pair of hot cells.
    let two = Heatmap(width: 20, height: 1, values: [1, 1, 0, 0] + zeros)
    let first = Heatmap(width: 20, height: 1, values: [1, 0, 0, 0] + zeros)
    let third = Heatmap(width: 20, height: 1, values: [0, 0, 1, 1] + zeros)
    #expect(topOverlap(two, two, share: 0.1) == 1 && topOverlap(first, first, share: 0.1) == 1)
    #expect(topOverlap(two, third, share: 0.1) == 0)
    #expect(abs(topOverlap(two, first, share: 0.1) - (1 + 1.0 / 19) / 2) < 1e-12)
    #expect(topOverlap(two, first, share: 0.1) == topOverlap(first, two, share: 0.1))
  }

  @Test func `A constant map has no rank, and what is not finite no figure`() throws {
    let even = Heatmap(width: 7, height: 7) { _ in 0.5 }
    let constant = try Self.compare(Self.one, even)
    #expect(constant.rank.isNaN && constant.overlap.isNaN && constant.ssim.isFinite && constant.shift.isFinite)
    #expect(constant.isNewConstant && !constant.isOldConstant && constant.isFinite)
    let nothing = Heatmap(width: 7, height: 7) { _ in 0 }
    let empty = try Self.compare(nothing, Self.one)
    #expect(empty.shift.isNaN && empty.ssim.isNaN && empty.isOldEmpty && !empty.isNewEmpty && empty.isOldConstant)
    // All of it speaks against the class: an order, and no evidence.
    let against = try Self.compare(Self.one, Heatmap(width: 7, height: 7) { Self.one.values[$0] - 9 })
    #expect(abs(against.rank - 1) < 1e-6 && against.ssim.isNaN && against.isNewEmpty && !against.isNewConstant)
    // One value but for rounding.
    let rounded = Heatmap(width: 7, height: 7) { $0 % 2 == 0 ? 0.5 : Float(0.5).nextUp }
    #expect(try Self.compare(Self.one, rounded).isNewConstant)
    for bad in [Float.nan, .infinity] {
      let broken = Heatmap(width: 7, height: 7) { $0 == 3 ? bad : 1 }
      let comparison = try Self.compare(broken, Self.one)
      #expect(!comparison.isFinite && ComparisonFigure.allCases.allSatisfy { comparison[$0].isNaN })
    }
  }

  @Test func `Two models are compared in a few lines`() throws {
    let seen = CropGeometry(imageWidth: 4, imageHeight: 4, x: 0, y: 0, width: 4, height: 4)
    // A network whose own numbers were not finite is told, though a ReLU made zeros of them.
    let hidden = PlacedMap(Self.one, seen: seen, inputWidth: 4, inputHeight: 4, isFinite: false)
    #expect(!MapComparison(try #require(MapPair(hidden, hidden))).isFinite)
  }
}
