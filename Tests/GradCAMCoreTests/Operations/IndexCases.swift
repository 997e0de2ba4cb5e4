import TestSupport

@testable import GradCAMCore

/// What finds elements by indices, and sums along an axis.
extension OpCase {
  static let indexed: [OpCase] = [
    picking(
      "gather_nd, entries", GatherND(), [3, 4, 5], indices: [2, 0, -1, 3, 0, 0], [3, 2], output: [3, 5]
    ) { x, index in x[[[2, 2, 0][index[0]], [0, 3, 0][index[0]], index[1]]] },
    picking(
      "gather_nd, feature maps", GatherND(), [3, 2, 4, 5], indices: [1, -1, 1], [3, 1], output: [3, 2, 4, 5]
    ) { x, index in x[[1, 2, 1][index[0]], index[1], index[2], index[3]] },
    picking(
      "gather_nd, elements", GatherND(), [2, 3, 4, 5], indices: [1, 2, 3, 4, 0, 0, -1, 1], [2, 4], output: [2]
    ) { x, index in index[0] == 0 ? x[1, 2, 3, 4] : x[0, 0, 3, 1] },
    picking(
      "gather_nd, axes that both have", GatherND(batchAxes: 1), [2, 3, 4], indices: [2, 0, 1, -1], [2, 2, 1],
      output: [2, 2, 4]
    ) { x, index in x[[index[0], [[2, 0], [1, 2]][index[0]][index[1]], index[2]]] },
    picking(
      "gather_elements, columns", GatherElements(axis: -1), [2, 2, 3, 4], indices: [3, 0, -1, 1, 1, 1], [1, 2, 3, 1],
      output: [1, 2, 3, 1]
    ) { x, index in x[0, index[1], index[2], [3, 0, 3, 1, 1, 1][index[1] * 3 + index[2]]] },
    picking(
      "gather_elements, rank 3", GatherElements(axis: 1), [2, 3, 2], indices: [0, 2, 1, -1, 0, 0, 2, 1], [2, 2, 2],
      output: [2, 2, 2]
    ) { x, index in
      x[[index[0], [0, 2, 1, 2, 0, 0, 2, 1][index[0] * 4 + index[1] * 2 + index[2]], index[2]]]
    },
    scattering("none", .replacing) { _, new in new[new.count - 1] },
    scattering("add", .adding) { old, new in new.reduce(old, +) },
    scattering("mul", .multiplying) { old, new in new.reduce(old, *) },
    scattering("max", .keepingLargest) { old, new in new.reduce(old, max) },
    scattering("min", .keepingSmallest) { old, new in new.reduce(old, min) },
    OpCase(
      name: "scatter_elements of the batch", operation: bound(ScatterElements(axis: 1), [2, 0, -1], [1, 3, 1]),
      inputs: [Shape(2, 4, 3), Shape(1, 3, 1)], output: Shape(2, 4, 3)
    ) { x in
      NaiveTensor([2, 4, 3]) { index in
        guard index[0] == 0, index[2] == 0, let update = [1: nil, 2: 0, 0: 1, 3: 2][index[1]] ?? nil else {
          return x[0][index]
        }
        return x[1][[0, update, 0]]
      }
    },
    OpCase(
      name: "scatter_elements, maps of the batch",
      operation: bound(ScatterElements(axis: 3, joining: .adding), [1, 1, 0, 4], [2, 1, 1, 2]),
      inputs: [Shape(2, 3, 2, 5), Shape(2, 1, 1, 2)], output: Shape(2, 3, 2, 5)
    ) { x in
      NaiveTensor([2, 3, 2, 5]) { index in
        guard index[1] == 0, index[2] == 0 else { return x[0][index] }
        let columns = index[0] == 0 ? [1, 1] : [0, 4]
        return columns.enumerated().reduce(x[0][index]) { sum, update in
          update.element == index[3] ? sum + x[1][index[0], 0, 0, update.offset] : sum
        }
      }
    },
    chosen("topk", TopK(count: 2), [3, 5], axis: 1) { $0.sorted(by: >) },
    chosen("topk, channels", TopK(count: 3, axis: 1), [2, 5, 3, 2], axis: 1) { $0.sorted(by: >) },
    chosen("topk, smallest rows", TopK(count: 2, axis: -2, takesLargest: false), [2, 3, 4, 2], axis: 2) { $0.sorted() },
    chosen("topk, all", TopK(count: 4, axis: 0), [4, 3], axis: 0, suffix: " of the batch") { $0.sorted(by: >) },
    chosen("topk, indices", TopK(count: 2, axis: 1, gives: .indices), [2, 5, 3], axis: 1) { lane in
      lane.indices.sorted { lane[$0] > lane[$1] }.map(Double.init)
    },
    chosen("cumsum", CumSum(axis: 1), [2, 5, 3, 4], axis: 1) { sums($0) },
    chosen("cumsum, reversed", CumSum(axis: -1, isReversed: true), [3, 7], axis: 1) { sums($0.reversed()).reversed() },
    chosen("cumsum, exclusive", CumSum(axis: 2, isExclusive: true), [2, 3, 4], axis: 2) { [0] + sums($0).dropLast() },
    chosen(
      "cumsum, both", CumSum(axis: 0, isReversed: true, isExclusive: true), [4, 3], axis: 0, suffix: " of the batch"
    ) { ([0] + sums($0.reversed()).dropLast()).reversed() },
  ]

  private static func sums(_ lane: [Double]) -> [Double] {
    lane.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
  }

  private static func bound(
    _ operation: any GradCAMCore.Operation, _ indices: [Float], _ shape: [Int]
  ) -> BoundOperation {
    let count = operation is any PickingOperation ? 2 : 3
    return BoundOperation(operation, constants: [1: Tensor(indices, Shape(shape))], count: count)
  }

  private static func picking(
    _ name: String, _ operation: any GradCAMCore.Operation, _ input: [Int], indices: [Float], _ shape: [Int],
    output: [Int], _ element: @escaping @Sendable (NaiveTensor, [Int]) -> Double
  ) -> OpCase {
    OpCase(
      name: "\(name) of the batch", operation: bound(operation, indices, shape), inputs: [Shape(input)],
      output: Shape(output)
    ) { x in NaiveTensor(output) { element(x[0], $0) } }
  }

  /// Three rows of numbers: the first two at one place, but where they replace.
  private static func scattering(
    _ name: String, _ joining: ScatterJoining, _ join: @escaping @Sendable (Double, [Double]) -> Double
  ) -> OpCase {
    let places = joining == .replacing ? [[1, 2], [0, 1], [1, 0]] : [[1, 2], [1, 2], [0, 1]]
    return OpCase(
      name: "scatter_nd, \(name)",
      operation: bound(ScatterND(joining: joining), places.joined().map(Float.init), [3, 2]),
      inputs: [Shape(2, 3, 5), Shape(3, 5)], output: Shape(2, 3, 5), step: 0.002
    ) { x in
      NaiveTensor([2, 3, 5]) { index in
        let new = places.indices.filter { places[$0] == Array(index[..<2]) }.map { x[1][[$0, index[2]]] }
        return new.isEmpty ? x[0][index] : join(x[0][index], new)
      }
    }
  }

  /// What is made of every lane, cut to the output's size.
  private static func chosen(
    _ name: String, _ operation: any GradCAMCore.Operation, _ input: [Int], axis: Int, suffix: String = "",
    _ made: @escaping @Sendable ([Double]) -> [Double]
  ) -> OpCase {
    var output = input
    if let choice = operation as? TopK { output[axis] = choice.count }
    return OpCase(
      name: name + suffix, operation: operation, inputs: [Shape(input)], output: Shape(output), isSpaced: true,
      step: 0.01
    ) { [output] x in
      NaiveTensor(output) { index in
        let lane = (0..<input[axis]).map { place in
          var index = index
          index[axis] = place
          return x[0][index]
        }
        return made(lane)[index[axis]]
      }
    }
  }
}
