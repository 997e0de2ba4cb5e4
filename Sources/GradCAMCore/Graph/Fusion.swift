/// Joins convolutions with the batch norms, additions and activations behind them, and batch norms with activations, wherever nobody
/// needs the value between.
///
/// The joined step computes the same roundings in the same order as the separate ones, so that hooks, which part it, change no
/// byte of the result (a convolution with a bias of its own and a batch norm is the exception, and so is a product of rows with a bias and
/// a scale).
struct Fusion {
  private let steps: [Program.Step]
  private let graph: Graph
  private let shapes: [Shape]
  private let kept: Set<Slot>
  private let engine: Engine
  private var consumers: [Slot: [Int]] = [:]
  private var producers: [Slot: Int] = [:]
  private var result: [Program.Step?]

  /// - Parameter kept: slots that somebody needs beside the steps.
  static func fuse(
    _ steps: [Program.Step], _ graph: Graph, shapes: [Shape], kept: Set<Slot>, _ engine: Engine
  ) -> [Program.Step] {
    var fusion = Fusion(steps, graph, shapes, kept, engine)
    for index in steps.indices { fusion.fuse(at: index) }
    return fusion.result.compactMap { $0 }
  }

  private init(_ steps: [Program.Step], _ graph: Graph, _ shapes: [Shape], _ kept: Set<Slot>, _ engine: Engine) {
    (self.steps, self.graph, self.shapes, self.kept, self.engine) = (steps, graph, shapes, kept, engine)
    result = steps
    for (index, step) in steps.enumerated() {
      for slot in step.outputs { producers[slot] = index }
      for slot in Set(step.inputs) { consumers[slot, default: []].append(index) }
    }
  }

  private func part(_ index: Int) -> FusionPart? {
    graph.operation(of: steps[index])?.fusionPart
  }

  private mutating func fuse(at index: Int) {
    guard let step = result[index], let operation = graph.operation(of: step) else { return }
    if let gelu = writtenOutGELU(at: index) {
      var (step, last) = (step, index)
      step.inputs = [gelu.source]
      join(&step, &last, with: gelu.steps)
      step.work = .write(GELU())
      result[last] = step
      return
    }
    if let star = writtenOutStarReLU(at: index) {
      var (step, last) = (step, index)
      join(&step, &last, with: Array(star.steps.dropFirst()))
      step.work = .write(star.activation)
      result[last] = step
      return
    }
    let (input, output) = (shapes[step.inputs[0]], shapes[step.outputs[0]])
    // What runs in a node's place may be a convolution where the node was none.
    switch operation.fusionPart {
    case .convolution(let convolution):
      let fused = FusedConvolution(convolution, input: input, output: output, engine)
      fuse(fused, channelAxis: 1, step, at: index)
    case .rows(let convolution) where input.manyRows != nil:
      let rows = input.manyRows ?? 0
      let (k, c) = (convolution.weight.shape.n, convolution.weight.shape.c)
      let fused = FusedConvolution(convolution, input: Shape(1, c, 1, rows), output: Shape(1, k, 1, rows), engine)
      fuse(fused, channelAxis: output.rank - 1, step, at: index)
    case .batchNorm(let norm): fuse(norm, step, at: index)
    default:
      if let writer = operation.writer { result[index]?.work = .write(writer) }
    }
  }

  /// The GELU that begins with the division at `index`, and what it is of.
  private func writtenOutGELU(at index: Int) -> (source: Slot, steps: [Int])? {
    let pattern = WrittenOutGELU(steps: steps, graph: graph, soleConsumer: soleConsumer) { producers[$0] }
    let gelu = pattern.found(at: index)
    return gelu.flatMap { shapes[$0.source] == shapes[steps[$0.steps[4]].outputs[0]] ? $0 : nil }
  }

  /// The StarReLU that begins with the ReLU at `index`.
  private func writtenOutStarReLU(at index: Int) -> (activation: StarReLU, steps: [Int])? {
    let star = WrittenOutStarReLU(steps: steps, graph: graph, soleConsumer: soleConsumer).found(at: index)
    // A number of more axes than the value would bring it to them.
    return star.flatMap { star in
      shapes[steps[star.steps[star.steps.count - 1]].outputs[0]] == shapes[steps[index].inputs[0]] ? star : nil
    }
  }

  private mutating func fuse(_ first: FusedConvolution, channelAxis: Int, _ step: Program.Step, at index: Int) {
    var (step, fused) = (step, first)
    var last = index
    while fused.activation == .identity {
      let output = step.outputs[0]
      if let (next, activation) = activation(behind: output) {
        fused.activation = activation
        join(&step, &last, with: next)
      } else if let next = soleConsumer(output) {
        if case .batchNorm(let norm) = part(next), channelAxis == 1, fused.scale == nil, !fused.addsResidual {
          (fused.scale, fused.shift) = (norm.scale, Self.combined(fused.shift, norm))
        } else if fused.convolution.weight.isMatrix, !fused.addsResidual,
          let (scale, shift) = channels(part(next), channelAxis, output, fused)
        {
          (fused.scale, fused.shift) = (scale, shift)
        } else if case .addition = part(next), !fused.addsResidual, let other = residual(next, beside: output) {
          // The step moves to the addition's place, where the other operand is there, too.
          fused.addsResidual = true
          step.inputs.append(other)
        } else {
          break
        }
        join(&step, &last, with: [next])
      } else {
        break
      }
    }
    step.work = .write(fused)
    result[last] = step
  }

  /// The scale and the shift of a step with a constant number a channel added to it or multiplied by it; nil for other constants.
  private func channels(
    _ part: FusionPart?, _ axis: Int, _ slot: Slot, _ fused: FusedConvolution
  ) -> (scale: Tensor?, shift: Tensor?)? {
    switch part {
    case .bias(let constant)? where fused.shift == nil && fused.scale == nil:
      return constant.lies(along: axis, of: shapes[slot]) ? (nil, constant) : nil
    case .scale(let constant)? where fused.scale == nil:
      guard constant.lies(along: axis, of: shapes[slot]) else { return nil }
      // (sum + shift)·scale.
      let factors = constant.logical()
      let shift = fused.shift.map { shift in
        Tensor(zip(shift.logical(), factors).map { $0 * $1 }, Shape(factors.count))
      }
      return (constant, shift)
    default: return nil
    }
  }

  private mutating func fuse(_ norm: BatchNorm2d, _ step: Program.Step, at index: Int) {
    var step = step
    var last = index
    var fused = FusedBatchNorm(norm: norm)
    if let (next, activation) = activation(behind: step.outputs[0]) {
      fused.activation = activation
      join(&step, &last, with: next)
    }
    step.work = .write(fused)
    result[last] = step
  }

  /// Takes the steps `others` into `step`, which moves to the place of the last of them.
  private mutating func join(_ step: inout Program.Step, _ last: inout Int, with others: [Int]) {
    result[last] = nil
    for other in others {
      result[other] = nil
      last = other
    }
    step.outputs = steps[last].outputs
  }

  /// The one step that uses what `slot` holds, if there is just one and nothing else needs it.
  private func soleConsumer(_ slot: Slot) -> Int? {
    guard !kept.contains(slot), let users = consumers[slot], users.count == 1, let user = result[users[0]] else {
      return nil
    }
    // Of an addition's two operands the first may have taken it already.
    if case .write = user.work { return nil }
    return users[0]
  }

  /// The activation that alone uses what `slot` holds, and the steps that it consists of: an operation of its own, a product with
  /// the sigmoid, as exporters write SiLU, or a GELU or a StarReLU that is written out.
  private func activation(behind slot: Slot) -> (steps: [Int], Activation)? {
    if let next = soleConsumer(slot) {
      if let star = writtenOutStarReLU(at: next) { return (star.steps, star.activation.activation) }
      guard case .activation(let activation) = part(next) else { return nil }
      return ([next], activation)
    }
    guard !kept.contains(slot), let users = consumers[slot], users.count == 2 else { return nil }
    for user in users {
      if let gelu = writtenOutGELU(at: user), users.allSatisfy(gelu.steps.contains) { return (gelu.steps, .gelu) }
    }
    guard case .activation(.sigmoid) = part(users[0]), case .product = part(users[1]),
      let product = soleConsumer(steps[users[0]].outputs[0]), product == users[1],
      Set(steps[product].inputs) == [slot, steps[users[0]].outputs[0]]
    else { return nil }
    return (users, .silu)
  }

  /// The other operand of an addition. A residual is added element by element: broadcasting is left to the addition itself.
  private func residual(_ addition: Int, beside slot: Slot) -> Slot? {
    let others = steps[addition].inputs.filter { $0 != slot }
    guard others.count == 1, shapes[others[0]] == shapes[slot] else { return nil }
    return others[0]
  }

  /// The shift after the norm's scale: bias · scale + shift.
  private static func combined(_ bias: Tensor?, _ norm: BatchNorm2d) -> Tensor {
    guard let values = bias?.logical() else { return norm.shift }
    let (scale, shift) = (norm.scale.logical(), norm.shift.logical())
    return Tensor(values.indices.map { values[$0] * scale[$0] + shift[$0] }, norm.shift.shape)
  }
}
