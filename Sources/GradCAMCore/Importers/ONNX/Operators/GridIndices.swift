/// Indices of a GatherND each of whose components counts along axes of its own: rows by the first axes, columns by the next.
///
/// So exporters write a choice of rows and columns, and pooling windows of uneven places.
struct GridIndices {
  /// The same as Gathers, one after the other.
  let gathers: [Gather]

  /// nil where components hang on axes together.
  ///
  /// - Parameter indices: the last axis lists the components of an index.
  init?(_ indices: ONNXConstant) {
    guard let depth = indices.shape.dimensions.last, depth > 0, indices.shape.count > 0 else { return nil }
    let sizes = Array(indices.shape.dimensions.dropLast())
    let numbers = indices.integers
    var strides = [Int](repeating: depth, count: sizes.count)
    for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    let entries = numbers.count / depth

    /// Whether a component changes along an axis.
    func depends(_ component: Int, on axis: Int) -> Bool {
      (0..<entries).contains { entry in
        let place = entry * depth + component
        let index = place / strides[axis] % sizes[axis]
        return numbers[place] != numbers[place - index * strides[axis]]
      }
    }
    var (gathers, start, place) = ([Gather](), 0, 0)
    for component in 0..<depth {
      // The axes up to the last one that this component hangs on; all that are left for the last component.
      let owned = sizes.indices.filter { $0 >= start && depends(component, on: $0) }
      let end = component == depth - 1 ? sizes.count : (owned.last ?? start - 1) + 1
      guard sizes.indices.allSatisfy({ (start..<end).contains($0) || !depends(component, on: $0) }) else { return nil }
      let own = Shape(Array(sizes[start..<end]))
      let step = end > 0 && start < end ? strides[end - 1] : 0
      gathers.append(
        Gather(axis: place, indices: (0..<own.count).map { numbers[$0 * step + component] }, shape: own))
      (start, place) = (end, place + own.rank)
    }
    self.gathers = gathers
  }
}
