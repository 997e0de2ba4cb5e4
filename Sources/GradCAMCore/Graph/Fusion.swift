/// Joins convolutions with the batch norms, additions and ReLUs behind them, wherever nobody needs the value between.
///
/// The joined step computes the same roundings in the same order as the separate ones, so that hooks, which part it, change no
/// byte of the result (a convolution with a bias of its own and a batch norm is the exception).
enum Fusion {
  static func fuse(
    _ steps: [Program.Step], _ graph: Graph, shapes: [Shape], kept: Set<Slot>, _ engine: Engine
  ) -> [Program.Step] {
    var consumers: [Slot: [Int]] = [:]
    for (index, step) in steps.enumerated() {
      for slot in step.inputs { consumers[slot, default: []].append(index) }
    }
    var taken: Set<Int> = []
    /// The one step that uses what `slot` holds, if there is just one and nothing else needs it.
    func soleConsumer(_ slot: Slot) -> (index: Int, operation: any Operation)? {
      guard !kept.contains(slot), let users = consumers[slot], users.count == 1, !taken.contains(users[0])
      else { return nil }
      guard case .node(let node) = steps[users[0]].work else { return nil }
      return (users[0], graph.nodes[node].operation)
    }

    var result: [Program.Step?] = steps
    for index in steps.indices {
      guard case .node(let node) = steps[index].work, let convolution = graph.nodes[node].operation as? Conv2d else {
        continue
      }
      var step = steps[index]
      var fused = FusedConvolution(
        convolution, input: shapes[step.inputs[0]], output: shapes[step.outputs[0]], engine)
      var last = index
      while fused.activation == .identity, let next = soleConsumer(step.outputs[0]) {
        if let norm = next.operation as? BatchNorm2d, fused.scale == nil, !fused.addsResidual {
          (fused.scale, fused.shift) = (norm.scale, combined(convolution.bias, norm))
        } else if next.operation is Add, !fused.addsResidual {
          let others = steps[next.index].inputs.filter { $0 != step.outputs[0] }
          // A residual is added element by element: broadcasting is left to the addition itself.
          guard others.count == 1, shapes[others[0]] == shapes[step.outputs[0]] else { break }
          // The step moves to the addition's place, where the other operand is there, too.
          fused.addsResidual = true
          step.inputs.append(others[0])
        } else if let activation = (next.operation as? any VectorActivation)?.activation {
          fused.activation = activation
        } else {
          break
        }
        step.outputs = steps[next.index].outputs
        result[last] = nil
        last = next.index
        taken.insert(last)
      }
      step.work = .fused(fused)
      result[last] = step
    }
    return result.compactMap { $0 }
  }

  /// The shift after the norm's scale: bias · scale + shift.
  private static func combined(_ bias: Tensor?, _ norm: BatchNorm2d) -> Tensor {
    guard let values = bias?.logical() else { return norm.shift }
    let (scale, shift) = (norm.scale.logical(), norm.shift.logical())
    return Tensor(values.indices.map { values[$0] * scale[$0] + shift[$0] }, norm.shift.shape)
  }
}
