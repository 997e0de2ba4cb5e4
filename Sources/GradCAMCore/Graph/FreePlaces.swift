/// The free places of an arena, of which neighbours are one.
///
/// To find one takes about as long however many there are: where thousands of values end together, thousands may lie apart.
struct FreePlaces {
  /// Where places end, by where they begin.
  private var ends: [Int: Int] = [:]
  /// Where places begin, by where they end.
  private var starts: [Int: Int] = [:]
  /// By length, where places of it begin; what is no longer so is passed over when it comes up.
  private var startsByLength: [Int: MinimumHeap] = [:]
  /// The keys of `startsByLength`, ascending.
  private var lengths: [Int] = []

  /// Takes `length` from the beginning of the smallest place that is as large, the first of several; nil where none is.
  mutating func take(_ length: Int) -> Int? {
    var index = firstIndex(ofAtLeast: length)
    while index < lengths.count {
      let found = lengths[index]
      while let start = startsByLength[found]?.popLeast() {
        guard ends[start] == start + found else { continue }
        remove(start)
        if found > length { insert(start + length..<start + found) }
        return start
      }
      startsByLength[found] = nil
      lengths.remove(at: index)
      index = firstIndex(ofAtLeast: length)
    }
    return nil
  }

  /// Takes the place that ends at `end`, if there is one; gives where it begins.
  mutating func takeLast(endingAt end: Int) -> Int? {
    guard let start = starts[end] else { return nil }
    remove(start)
    return start
  }

  /// Gives a place back.
  mutating func release(_ place: Range<Int>) {
    var (start, end) = (place.lowerBound, place.upperBound)
    if let next = ends[end] {
      remove(end)
      end = next
    }
    if let previous = starts[start] {
      remove(previous)
      start = previous
    }
    insert(start..<end)
  }

  private mutating func insert(_ place: Range<Int>) {
    (ends[place.lowerBound], starts[place.upperBound]) = (place.upperBound, place.lowerBound)
    if startsByLength[place.count] == nil { lengths.insert(place.count, at: firstIndex(ofAtLeast: place.count)) }
    startsByLength[place.count, default: MinimumHeap()].push(place.lowerBound)
  }

  private mutating func remove(_ start: Int) {
    if let end = ends.removeValue(forKey: start) { starts[end] = nil }
  }

  /// The first of `lengths` that is as large.
  private func firstIndex(ofAtLeast length: Int) -> Int {
    var range = 0..<lengths.count
    while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
      range = lengths[middle] < length ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}

/// Numbers of which the least is at hand.
private struct MinimumHeap {
  private var numbers: [Int] = []

  mutating func push(_ number: Int) {
    numbers.append(number)
    var child = numbers.count - 1
    while child > 0, case let parent = (child - 1) / 2, numbers[child] < numbers[parent] {
      numbers.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popLeast() -> Int? {
    guard let least = numbers.first, let last = numbers.popLast() else { return nil }
    if numbers.isEmpty { return least }
    numbers[0] = last
    var parent = 0
    while case let first = 2 * parent + 1, first < numbers.count {
      let child = first + 1 < numbers.count && numbers[first + 1] < numbers[first] ? first + 1 : first
      guard numbers[child] < numbers[parent] else { break }
      numbers.swapAt(child, parent)
      parent = child
    }
    return least
  }
}
