import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct SelectionTests {
  @Test(arguments: [0, 1, 3, 5, 40, 200]) func `The first few are those of a stable sort`(_ count: Int) {
    var random = SeededRandom(seed: 91)
    // Few values, so that many are equal and the order among those shows.
    let values = (0..<120).map { (index: $0, value: Int.random(in: 0..<7, using: &random)) }
    let sorted = values.sorted { $0.value > $1.value }
    #expect(values.first(count) { $0.value > $1.value }.map(\.index) == sorted.prefix(count).map(\.index))
  }
}
