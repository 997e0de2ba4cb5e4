/// How a network goes on from behind a layer, for one image: what passes the layer by is kept from one pass over the image.
struct Continuation {
  /// The layer's last call.
  let call: Int
  private let beside: [Kept]

  private struct Kept {
    let value: Value
    let tensor: Tensor
    /// The axis of the images; nil where a batch of them is not one value.
    let batchAxis: Int?
  }

  /// - Parameter needsBatches: whether it is to go on with several images at once.
  /// - Returns: nil where the network does not depend on the layer, or images are not told apart in what passes it by.
  /// - Throws: as `Session.forward`.
  init?(_ session: Session, behind path: String, _ input: Tensor, needsBatches: Bool) throws {
    let graph = session.graph
    guard let call = graph.moduleIndex(path).flatMap({ graph.modules[$0].calls.last }),
      let bypass = Bypass(graph, around: call)
    else { return nil }
    self.call = call
    if bypass.values.isEmpty {
      beside = []
      return
    }
    let shapes = needsBatches ? try graph.shapes(for: input.shape.withImages(2)) : [:]
    beside = zip(bypass.values, try session.values(bypass.values, of: input)).map { value, tensor in
      Kept(
        value: value, tensor: tensor, batchAxis: shapes[value].flatMap { Self.batchAxis(tensor.shape, ofTwo: $0) })
    }
    if needsBatches && beside.contains(where: { $0.batchAxis == nil }) { return nil }
  }

  /// What passes the layer by, for as many copies of the image.
  func beside(_ images: Int) -> [Value: Tensor] {
    beside.reduce(into: [:]) { found, kept in
      guard images > 1, let axis = kept.batchAxis else { return found[kept.value] = kept.tensor }
      let copies = [Tensor](repeating: kept.tensor, count: images)
      found[kept.value] = Concat(axis: axis).forward(copies, ExecutionContext(threads: 1))
    }
  }

  /// The axis along which one image lies alone, and two lie one after the other.
  private static func batchAxis(_ one: Shape, ofTwo two: Shape) -> Int? {
    guard one.rank == two.rank else { return nil }
    let axes = (0..<one.rank).filter { one[$0] != two[$0] }
    return axes.count == 1 && one[axes[0]] == 1 && two[axes[0]] == 2 ? axes[0] : nil
  }
}
