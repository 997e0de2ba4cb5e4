/// A linear head behind global average pooling: its weights by channel and output, from which every class's gradient and map follow
/// without a pass.
final class PooledHead {
  /// A row a channel, a column an output: C × K.
  let weights: OutputRows

  /// Reads the weights off the network: the outputs for a layer with one channel set to 1, less those for a layer of zeros.
  ///
  /// - Parameters:
  ///   - shape: what leaves the layer, 1 C H W.
  ///   - settings: for how many activations may go through the network at once.
  init(
    _ network: NetworkRunner, site: LayerSite, shape: Shape, at point: Session.ScorePoint, _ settings: MethodSettings
  ) throws {
    let zero = try network.outputs(replacing: site, by: Tensor(repeating: 0, shape), at: point)
    var rows = OutputRows(width: zero.width)
    let size = settings.batch(of: shape.count, limit: 128)
    for start in stride(from: 0, to: shape.c, by: size) {
      let channels = start..<min(start + size, shape.c)
      let batch = Tensor(shape.withImages(channels.count)) { target in
        target.update(repeating: 0, count: channels.count * shape.count)
        for (row, channel) in channels.enumerated() {
          for position in 0..<shape.h * shape.w { target[row * shape.count + position * shape.c + channel] = 1 }
        }
      }
      rows.append(try network.outputs(replacing: site, by: batch, at: point))
    }
    weights = OutputRows(
      width: rows.width, values: rows.values.indices.map { rows.values[$0] - zero.values[$0 % zero.width] })
  }

  /// By output, Σ_k w_k·A_k at each position, of all outputs in one product of matrices: K × H·W.
  func classMaps(_ activations: Tensor) -> OutputRows {
    let shape = activations.shape
    let positions = shape.h * shape.w
    var maps = [Float](repeating: 0, count: weights.width * positions)
    GEMM.multiply(
      transposeA: true, transposeB: true, m: weights.width, n: positions, k: shape.c, weights.values,
      lda: weights.width, activations.elements, ldb: shape.c, &maps, ldc: positions)
    return OutputRows(width: positions, values: maps)
  }

  /// The score's gradient at the layer: the weights, shared out over the positions.
  func gradients(of score: Score, shape: Shape) -> Tensor {
    let byChannel = (0..<shape.c).map { score.value(of: weights[$0]) / Float(shape.h * shape.w) }
    return Tensor(shape) { target in for i in 0..<shape.count { target[i] = byChannel[i % shape.c] } }
  }
}

extension Evidence {
  /// Σ_k w_k·A_k for the score's weights w of a pooled linear head, where the maps of all classes are known already.
  func classMap() -> Heatmap? {
    guard let maps = memory.classMaps, !settings.smoothsByEigenvector else { return nil }
    let shape = activations.shape
    var values = [Float](repeating: 0, count: maps.width)
    for (output, weight) in score.weights.enumerated() where weight != 0 {
      for (position, value) in maps[output].enumerated() { values[position] += weight * value }
    }
    return Heatmap(width: shape.w, height: shape.h, values: values)
  }
}
