extension Sequence {
  /// The elements that a stable sort would put first, in its order. They are picked out: one look at each element and a few more at those
  /// that come among the first, where sorting a thousand takes ten thousand.
  ///
  /// - Parameters:
  ///   - count: how many at most; meant for few.
  ///   - precedes: a strict order.
  func first(_ count: Int, by precedes: (Element, Element) -> Bool) -> [Element] {
    var best: [Element] = []
    guard count > 0 else { return best }
    for element in self {
      if best.count == count {
        guard precedes(element, best[count - 1]) else { continue }
        best.removeLast()
      }
      let place = best.firstIndex { precedes(element, $0) } ?? best.count
      best.insert(element, at: place)
    }
    return best
  }
}
