import TestSupport

@testable import GradCAMCore

/// Operations that change a tensor's shape, and those that copy or leave out elements.
extension OpCase {
  static let shapes: [OpCase] = [
    reshape("to feature maps", [2, 60], Reshape([0, 3, 4, 5]), output: [2, 3, 4, 5]),
    reshape("from feature maps", [2, 3, 4, 5], Reshape([0, -1]), output: [2, 60]),
    reshape("between feature maps", [2, 3, 4, 5], Reshape([0, 5, -1, 3]), output: [2, 5, 4, 3]),
    reshape("into groups", [2, 6, 3, 4], Reshape([0, 2, 3, 3, 4]), output: [2, 2, 3, 3, 4]),
    reshape("out of groups", [2, 2, 3, 3, 4], Reshape([0, -1, 3, 4]), output: [2, 6, 3, 4]),
    reshape("of the whole batch", [2, 3, 4], Reshape([-1]), output: [24]),
    reshape("rank 6", [2, 6, 4, 6], Reshape([0, 6, 2, 2, 3, 2]), output: [2, 6, 2, 2, 3, 2]),
    reshape("scalar", [1], Reshape([]), output: []),
    reshape("copies sizes", [2, 3, 4, 5], Reshape([0, 0, -1]), output: [2, 3, 20]),
    reshape("", [2, 1, 3, 1], Squeeze(axes: [1, -1]), output: [2, 3]),
    reshape("all", [1, 3, 1, 4], Squeeze(axes: [0, 2]), output: [3, 4], suffix: " of the whole batch"),
    reshape("rank 5", [2, 3, 1, 4, 5], Squeeze(axes: [2]), output: [2, 3, 4, 5]),
    reshape("", [2, 3], Unsqueeze(axes: [-1, 1]), output: [2, 1, 3, 1]),
    reshape("feature maps", [2, 3, 4, 5], Unsqueeze(axes: [2]), output: [2, 3, 1, 4, 5]),
    reshape("rank 1", [3], Unsqueeze(axes: [0, 2, 3]), output: [1, 3, 1, 1]),
    transpose("NCHW to NHWC", [2, 3, 5, 4], [0, 2, 3, 1]),
    transpose("NHWC to NCHW", [2, 5, 4, 3], [0, 3, 1, 2]),
    transpose("rows and columns", [2, 3, 5, 4], [0, 1, 3, 2]),
    transpose("batch last", [2, 3, 5, 4], [3, 2, 1, 0]),
    transpose("matrices", [3, 7], [1, 0]),
    transpose("rank 3", [2, 3, 4], [0, 2, 1]),
    transpose("channel shuffle", [2, 3, 4, 5, 2], [0, 2, 1, 3, 4]),
    transpose("rank 6", [2, 2, 3, 3, 2, 4], [0, 4, 2, 5, 1, 3]),
    transpose("vectors", [5], [0]),
    OpCase(
      name: "permute turned round", operation: Transpose(), inputs: [Shape(2, 3, 4)], output: Shape(4, 3, 2)
    ) { NaiveReference.transpose($0[0], [2, 1, 0]) },
    expand("channels", [2, 1, 4, 3], [1, 3, 1, 1], output: [2, 3, 4, 3]),
    expand("positions", [2, 3, 1, 1], [2, 3, 5, 4], output: [2, 3, 5, 4], suffix: " of a batch"),
    expand("rank 1 to feature maps", [4], [2, 3, 5, 1], output: [2, 3, 5, 4]),
    expand("rank 2 to 5", [3, 1], [2, 1, 2, 3, 4], output: [2, 1, 2, 3, 4], suffix: " of a batch"),
    expand("nothing", [2, 3], [1], output: [2, 3]),
    expand(
      "large enough for two threads", [1, 3, 1, 65], [2, 1, 97, 1], output: [2, 3, 97, 65], suffix: " of a batch"),
    tile("feature maps", [2, 3, 2, 3], [1, 2, 3, 1]),
    tile("the batch", [2, 3], [3, 2]),
    tile("rank 5", [1, 2, 1, 3, 2], [2, 1, 2, 2, 1]),
    tile("rank 1", [3], [4]),
  ]

  static let gatherings: [OpCase] = [
    gather("channels", [2, 4, 3, 5], axis: 1, [3, 0, -1, 2]),
    gather("columns", [2, 2, 3, 4], axis: -1, [1, 1, 2]),
    gather("one entry", [2, 3, 4], axis: 1, [-2], shape: []),
    gather("one entry of feature maps", [2, 3, 4, 5], axis: 2, [3], shape: []),
    gather("by a matrix", [2, 5, 3], axis: 1, [0, 4, 4, 1, 2, 2], shape: [2, 3]),
    gather("vectors by a matrix", [7], axis: 0, [6, 0, 3, 3], shape: [2, 2]),
    gather("rank 5", [2, 2, 3, 2, 2], axis: 2, [2, 0]),
    gather("images", [3, 2, 2, 2], axis: 0, [2, 2, 0]),
    slice(
      "backwards", [2, 3, 5, 6],
      [.init(axis: 3, start: -1, end: .min, step: -1), .init(axis: 2, start: 3, end: 0, step: -2)],
      start: [0, 0, 3, 5], step: [1, 1, -2, -1], output: [2, 3, 2, 6]),
    slice(
      "backwards from beyond the end", [2, 5], [.init(axis: 1, start: 100, end: -100, step: -3)], start: [0, 4],
      step: [1, -3], output: [2, 2]),
    slice(
      "backwards in one step", [2, 5], [.init(axis: 1, start: 3, end: .min, step: .min)], start: [0, 3],
      step: [1, -1], output: [2, 1]),
    slice(
      "channels backwards", [2, 4, 2, 3], [.init(axis: 1, start: .max, end: .min, step: -1)], start: [0, 3, 0, 0],
      step: [1, -1, 1, 1], output: [2, 4, 2, 3]),
    slice(
      "first part of channels", [2, 5, 3, 2], [.init(axis: 1, start: 0, end: 2)], start: [0, 0, 0, 0],
      step: [1, 1, 1, 1], output: [2, 2, 3, 2]),
    slice(
      "empty part of channels", [2, 5, 3, 2], [.init(axis: 1, start: 2, end: 2)], start: [0, 2, 0, 0],
      step: [1, 1, 1, 1], output: [2, 0, 3, 2]),
    slice(
      "last part of channels", [2, 5, 3, 2], [.init(axis: 1, start: 2, end: 5)], start: [0, 2, 0, 0],
      step: [1, 1, 1, 1], output: [2, 3, 3, 2]),
    pad("reflect", [2, 2, 4, 5], [0, 0, 2, 3], [0, 0, 1, 4], .reflect),
    pad("reflect what is left", [2, 3, 6], [0, -1, 3], [0, 1, -1], .reflect),
    pad("edge", [2, 3, 2, 4], [0, 1, 2, 0], [0, 2, 0, 3], .edge),
    pad("edge of what is left", [3, 5], [0, -1], [0, 4], .edge),
    pad("wrap", [1, 2, 3, 2], [0, 3, 0, 5], [0, 1, 4, 2], .wrap),
    pad("wrap what is left", [2, 5], [0, 3], [0, -1], .wrap),
    pad("rank 5, edge", [2, 1, 2, 3, 2], [0, 1, 0, 2, 1], [0, 0, 1, 0, 3], .edge),
    OpCase(
      name: "pad, on given axes",
      operation: Pad(axes: [-1, 1], before: [2, -1], after: [0, 3], mode: .constant(1.5)),
      inputs: [Shape(2, 3, 2, 4)], output: Shape(2, 5, 2, 6)
    ) { NaiveReference.pad($0[0], before: [0, -1, 0, 2], after: [0, 3, 0, 0], value: 1.5) },
    OpCase(
      name: "pad, cropping", operation: Pad(before: [0, 0, -1, -2], after: [0, 0, -2, 0]),
      inputs: [Shape(2, 3, 5, 4)], output: Shape(2, 3, 2, 2)
    ) { NaiveReference.pad($0[0], before: [0, 0, -1, -2], after: [0, 0, -2, 0], value: 0) },
    blocks("DCR", [2, 12, 2, 3], 2, .dcr, output: [2, 3, 4, 6]) { c, row, column in (row * 2 + column) * 3 + c },
    blocks("CRD", [2, 18, 3, 2], 3, .crd, output: [2, 2, 9, 6]) { c, row, column in (c * 3 + row) * 3 + column },
    packed("DCR", [2, 3, 4, 6], 2, .dcr, output: [2, 12, 2, 3]) { (c: $0 % 3, row: $0 / 6, column: $0 / 3 % 2) },
    packed("CRD", [1, 2, 9, 6], 3, .crd, output: [1, 18, 3, 2]) { (c: $0 / 9, row: $0 / 3 % 3, column: $0 % 3) },
  ]

  private static func reshape(
    _ name: String, _ input: [Int], _ operation: any GradCAMCore.Operation, output: [Int], suffix: String = ""
  ) -> OpCase {
    OpCase(
      name: "\(operation.kind) \(name)\(suffix)", operation: operation, inputs: [Shape(input)], output: Shape(output)
    ) { $0[0].reshaped(output) }
  }

  private static func transpose(_ name: String, _ input: [Int], _ permutation: [Int]) -> OpCase {
    OpCase(
      name: "permute \(name)", operation: Transpose(permutation), inputs: [Shape(input)],
      output: Shape(permutation.map { input[$0] })
    ) { NaiveReference.transpose($0[0], permutation) }
  }

  private static func expand(
    _ name: String, _ input: [Int], _ shape: [Int], output: [Int], suffix: String = ""
  ) -> OpCase {
    OpCase(
      name: "expand \(name)\(suffix)", operation: Expand(shape), inputs: [Shape(input)], output: Shape(output)
    ) { NaiveReference.expand($0[0], output: output) }
  }

  private static func tile(_ name: String, _ input: [Int], _ repeats: [Int]) -> OpCase {
    OpCase(
      name: "tile \(name)", operation: Tile(repeats), inputs: [Shape(input)],
      output: Shape(zip(input, repeats).map { $0 * $1 })
    ) { NaiveReference.tile($0[0], repeats) }
  }

  private static func gather(
    _ name: String, _ input: [Int], axis: Int, _ indices: [Int], shape: [Int]? = nil
  ) -> OpCase {
    let place = axis < 0 ? axis + input.count : axis
    let positive = NaiveTensor(indices.map { Double($0 < 0 ? $0 + input[place] : $0) }, shape ?? [indices.count])
    return OpCase(
      name: "gather \(name)", operation: Gather(axis: axis, indices: indices, shape: shape.map { Shape($0) }),
      inputs: [Shape(input)], output: Shape(Array(input[..<place] + positive.shape + input[(place + 1)...]))
    ) { NaiveReference.gather($0[0], axis: place, indices: positive) }
  }

  private static func pad(
    _ name: String, _ input: [Int], _ before: [Int], _ after: [Int], _ mode: Pad.Mode
  ) -> OpCase {
    OpCase(
      name: "pad, \(name)", operation: Pad(before: before, after: after, mode: mode), inputs: [Shape(input)],
      output: Shape(input.indices.map { before[$0] + input[$0] + after[$0] })
    ) { x in
      NaiveReference.pad(x[0], before: before, after: after) { index, size in
        var index = index
        while index < 0 || index >= size {
          switch mode {
          case .reflect: index = index < 0 ? -index : 2 * (size - 1) - index
          case .wrap: index += index < 0 ? size : -size
          default: index = index < 0 ? 0 : size - 1
          }
        }
        return index
      }
    }
  }

  private static func blocks(
    _ name: String, _ input: [Int], _ block: Int, _ order: BlockOrder, output: [Int],
    channel: @escaping @Sendable (Int, Int, Int) -> Int
  ) -> OpCase {
    OpCase(
      name: "depth to space \(name)", operation: DepthToSpace(block: block, order: order), inputs: [Shape(input)],
      output: Shape(output)
    ) { NaiveReference.depthToSpace($0[0], block: block, channel: channel) }
  }

  private static func packed(
    _ name: String, _ input: [Int], _ block: Int, _ order: BlockOrder, output: [Int],
    place: @escaping @Sendable (Int) -> (c: Int, row: Int, column: Int)
  ) -> OpCase {
    OpCase(
      name: "space to depth \(name)", operation: SpaceToDepth(block: block, order: order), inputs: [Shape(input)],
      output: Shape(output)
    ) { NaiveReference.spaceToDepth($0[0], block: block, place: place) }
  }
}
