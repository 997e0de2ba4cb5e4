/// By index along one axis of an output, the places along the same axis of an input that it is made of, each with a weight.
///
/// Turned round, it says which outputs each place goes into: the backward pass of anything that can be written this way.
struct AxisTaps<Weight> {
  struct Tap {
    var place: Int
    var weight: Weight
  }

  /// The taps of all indices, one after the other.
  let taps: [Tap]
  /// By index, where its taps begin, and at last where they end.
  let starts: [Int]

  /// - Parameter taps: of each index below `count`.
  init(count: Int, _ taps: (Int) -> [Tap]) { self.init((0..<count).map(taps)) }

  private init(_ lists: [[Tap]]) {
    taps = Array(lists.joined())
    starts = lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  var count: Int { starts.count - 1 }

  subscript(index: Int) -> ArraySlice<Tap> { taps[starts[index]..<starts[index + 1]] }

  /// By place of an input that has `count` of them, the indices it goes into, in order.
  func turned(count: Int) -> AxisTaps {
    var lists = [[Tap]](repeating: [], count: count)
    for index in 0..<self.count {
      for tap in self[index] { lists[tap.place].append(Tap(place: index, weight: tap.weight)) }
    }
    return AxisTaps(lists)
  }
}

extension AxisTaps: Sendable where Weight: Sendable {}
extension AxisTaps.Tap: Sendable where Weight: Sendable {}
