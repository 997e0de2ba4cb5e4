import Testing

@testable import GradCAMCore

/// Looks at a tensor's memory.
@Suite struct StridedViewTests {
  private func places(_ view: StridedView) -> [Int] {
    zip(view.sizes, view.strides).reduce([view.offset]) { places, axis in
      places.flatMap { place in (0..<axis.0).map { place + $0 * axis.1 } }
    }
  }

  @Test func `Steps backwards`() {
    let backwards = StridedView(Shape(2, 6)).sliced(1, from: 5, count: 3, step: -2)
    #expect(places(backwards) == [5, 3, 1, 11, 9, 7])
    #expect(places(backwards.permuted([1, 0])) == [5, 11, 3, 9, 1, 7])
    let whole = StridedView(Shape(2, 6)).sliced(1, from: 5, count: 6, step: -1)
    #expect(whole.reshaped(to: [2, 2, 3]).map(places) == [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])
    // Rows that run backwards do not continue each other; rows and columns that both do, do.
    #expect(whole.reshaped(to: [12]) == nil && whole.reshaped(to: [4, 3]) == nil)
    let turned = whole.sliced(0, from: 1, count: 2, step: -1)
    #expect(turned.reshaped(to: [12]).map(places) == Array((0..<12).reversed()))
    #expect(turned.reshaped(to: [3, 4]).map(places) == Array((0..<12).reversed()))
  }

  @Test func `Where no strides lead`() {
    let turned = StridedView(Shape(3, 4)).permuted([1, 0])
    #expect(turned.reshaped(to: [12]) == nil && turned.reshaped(to: [2, 6]) == nil)
    #expect(turned.reshaped(to: [2, 2, 3]).map(places) == places(turned))
    #expect(turned.reshaped(to: [4, 1, 3, 1]).map(places) == places(turned))
    let thinned = StridedView(Shape(2, 5)).sliced(1, from: 0, count: 4, step: 1)
    #expect(thinned.reshaped(to: [8]) == nil && thinned.reshaped(to: [2, 2, 2]) != nil)
    // 2 × 3 runs of one axis each, which a size across them does not divide.
    #expect(StridedView(Shape(2, 3)).permuted([1, 0]).reshaped(to: [2, 3]) == nil)
  }

  @Test func `Where matrices of a stack begin`() {
    let view = StridedView(Shape(3, 1, 2, 2)).sliced(0, from: 2, count: 3, step: -1)
    #expect(view.offsets(in: [2, 3, 2]) == [8, 8, 4, 4, 0, 0, 8, 8, 4, 4, 0, 0])
    #expect(StridedView(Shape(2, 2)).offsets(in: [2]) == [0, 0])
  }
}
