/// How a network goes on from behind a layer, for one image: what passes the layer by is kept from one pass over the image.
struct Continuation {
  /// The layer's last call.
  let call: Int
  /// Whether several images may go on at once. What follows the layer may take them where the whole network, into which an exporter
  /// folded a batch of one, does not.
  private(set) var takesBatches = false
  private let beside: [Value: Tensor]
  /// The axis of the images, in the layer and in all that passes it by.
  private let axis: Int?

  /// - Returns: nil where the network does not depend on the layer.
  /// - Throws: as `Session.forward`.
  init?(_ session: Session, behind site: LayerSite, _ input: Tensor) throws {
    let graph = session.graph
    guard let call = graph.moduleIndex(site.path).flatMap({ graph.modules[$0].calls.last }),
      let bypass = Bypass(graph, around: call)
    else { return nil }
    (self.call, axis) = (call, site.view.imageAxis)
    let tensors = bypass.values.isEmpty ? [] : try session.values(bypass.values, of: input)
    beside = Dictionary(uniqueKeysWithValues: zip(bypass.values, tensors))
    takesBatches = Self.takesBatches(session, call, site.own.shape, beside.mapValues(\.shape), axis)
  }

  /// What passes the layer by, for as many copies of the image.
  func beside(_ images: Int) -> [Value: Tensor] {
    guard images > 1, let axis else { return beside }
    return beside.mapValues { tensor in
      Concat(axis: axis).forward(Array(repeating: tensor, count: images), ExecutionContext(threads: 1))
    }
  }

  /// Whether two images at a layer give two images' outputs. All copies of what passes by are the same, so that shapes tell.
  private static func takesBatches(
    _ session: Session, _ call: Int, _ layer: Shape, _ beside: [Value: Shape], _ axis: Int?
  ) -> Bool {
    guard let axis, beside.values.allSatisfy({ $0.rank == layer.rank && $0[axis] == 1 }) else { return false }
    func outputs(_ images: Int) -> Int? {
      func repeated(_ shape: Shape) -> Shape {
        var shape = shape
        shape[axis] *= images
        return shape
      }
      let program = try? session.program(
        source: repeated(layer), resumed: call, beside: beside.mapValues(repeated))
      return program.map { $0.shapes[$0.output].count }
    }
    guard let one = outputs(1), let two = outputs(2) else { return false }
    return two == 2 * one
  }
}
