import TestSupport

@testable import GradCAMCore

extension OpCase {
  static let linears: [OpCase] = [
    linear("one vector", [5], k: 3),
    linear("rank 2", [3, 7], k: 5),
    linear("rank 2, many outputs, no bias", [2, 4], k: 261, bias: false),
    linear("rank 2, many inputs", [2, 259], k: 3),
    linear("rank 3", [2, 3, 5], k: 4),
  ]

  static let rearrangements: [OpCase] = [
    flatten("feature maps", [2, 3, 4, 5], start: 1, output: [2, 60]),
    flatten("one pixel", [3, 4, 1, 1], start: 1, output: [3, 4]),
    flatten("everything", [2, 3, 2, 3], start: 0, output: [36]),
    flatten("rows and columns", [2, 3, 4, 2], start: 2, output: [2, 3, 8]),
    flatten("rank 3", [2, 3, 4], start: 1, output: [2, 12]),
    flatten("rank 5 to feature maps", [2, 3, 2, 2, 3], start: 3, output: [2, 3, 2, 6]),
    concat("channels", [[2, 3, 4, 5], [2, 1, 4, 5], [2, 2, 4, 5]], axis: 1, output: [2, 6, 4, 5]),
    concat("channels from the end", [[2, 3, 4, 5], [2, 2, 4, 5]], axis: -3, output: [2, 5, 4, 5]),
    concat("images", [[2, 3, 4, 2], [1, 3, 4, 2]], axis: 0, output: [3, 3, 4, 2]),
    concat("rows", [[2, 3, 4, 2], [2, 3, 1, 2]], axis: 2, output: [2, 3, 5, 2]),
    concat("columns", [[2, 3, 4, 2], [2, 3, 4, 3]], axis: 3, output: [2, 3, 4, 5]),
    concat("vectors", [[2, 3], [2, 4]], axis: 1, output: [2, 7]),
    concat("rank 3", [[2, 3, 2], [2, 1, 2]], axis: 1, output: [2, 4, 2]),
    concat("alone", [[2, 3, 2, 2]], axis: 1, output: [2, 3, 2, 2]),
    slice(
      "every second pixel", [2, 3, 5, 8], [.init(axis: 2, step: 2), .init(axis: 3, step: 2)], start: [0, 0, 0, 0],
      step: [1, 1, 2, 2], output: [2, 3, 3, 4]),
    slice(
      "channels", [2, 6, 3, 4], [.init(axis: 1, start: 1, end: 4)], start: [0, 1, 0, 0], step: [1, 1, 1, 1],
      output: [2, 3, 3, 4]),
    slice(
      "from the end", [2, 5, 4, 7], [.init(axis: -1, start: -5, end: -1, step: 3), .init(axis: 1, start: -2)],
      start: [0, 3, 0, 2], step: [1, 1, 1, 3], output: [2, 2, 4, 2]),
    slice(
      "images", [3, 2, 2, 3], [.init(axis: 0, start: 1)], start: [1, 0, 0, 0], step: [1, 1, 1, 1],
      output: [2, 2, 2, 3]),
    slice(
      "vectors", [3, 7], [.init(axis: 1, start: 1, end: 100, step: 4)], start: [0, 1], step: [1, 4],
      output: [3, 2]),
    slice(
      "a step beyond the end", [2, 5], [.init(axis: 1, start: 2, step: .max)], start: [0, 2], step: [1, 1],
      output: [2, 1]),
    pad("channels", [2, 2, 3, 4], before: [0, 1, 0, 0], after: [0, 2, 0, 0], output: [2, 5, 3, 4]),
    pad(
      "rows and columns", [2, 2, 3, 4], before: [0, 0, 1, 2], after: [0, 0, 3, 0], value: -1.5, output: [2, 2, 7, 6]),
    pad("every axis", [1, 2, 3, 2], before: [1, 0, 2, 1], after: [0, 1, 0, 1], value: 2, output: [2, 3, 5, 4]),
    pad("vectors", [3, 4], before: [0, 1], after: [1, 2], output: [4, 7]),
  ]

  private static func linear(_ name: String, _ input: [Int], k: Int, bias: Bool = true) -> OpCase {
    var random = SeededRandom(seed: UInt64(k))
    let c = input[input.count - 1]
    let weight = random.uniform(k * c)
    let shift = bias ? random.uniform(k) : nil
    let operation = Linear(weight: Tensor(weight, Shape(k, c)), bias: shift.map { Tensor($0, Shape(k)) })
    return OpCase(
      name: "Linear \(name)", operation: operation, inputs: [Shape(input)], output: Shape(input.dropLast() + [k])
    ) {
      NaiveReference.linear(
        $0[0], weight: NaiveTensor(weight.map(Double.init), [k, c]), bias: shift?.map(Double.init))
    }
  }

  private static func flatten(_ name: String, _ input: [Int], start: Int, output: [Int]) -> OpCase {
    OpCase(
      name: "Flatten \(name)", operation: Flatten(start: start), inputs: [Shape(input)], output: Shape(output)
    ) { $0[0].reshaped(output) }
  }

  private static func concat(_ name: String, _ inputs: [[Int]], axis: Int, output: [Int]) -> OpCase {
    OpCase(
      name: "cat \(name)", operation: Concat(axis: axis), inputs: inputs.map { Shape($0) }, output: Shape(output)
    ) { NaiveReference.concat($0, axis: axis < 0 ? axis + output.count : axis) }
  }

  static func slice(
    _ name: String, _ input: [Int], _ ranges: [Slice.Range], start: [Int], step: [Int], output: [Int]
  ) -> OpCase {
    OpCase(name: "slice \(name)", operation: Slice(ranges), inputs: [Shape(input)], output: Shape(output)) {
      NaiveReference.slice($0[0], start: start, step: step, output: output)
    }
  }

  private static func pad(
    _ name: String, _ input: [Int], before: [Int], after: [Int], value: Float = 0, output: [Int]
  ) -> OpCase {
    OpCase(
      name: "pad \(name)", operation: Pad(before: before, after: after, value: value), inputs: [Shape(input)],
      output: Shape(output)
    ) { NaiveReference.pad($0[0], before: before, after: after, value: Double(value)) }
  }
}
