/// Recognises a softmax or a sigmoid that is written out in elementary functions.
///
/// Softmax: eˣ / Σ eˣ, with or without the maximum taken away first; its logarithm: x − ln Σ eˣ. Sigmoid: 1/(1 + e⁻ˣ), eˣ/(1 + eˣ)
/// and ½ + ½·tanh(x/2).
struct WrittenOutActivation {
  let nodes: [Node]
  /// Of all values, for one image.
  let shapes: [Value: Shape]

  /// The activation that `value` is, and the logits that it is made of.
  func found(at value: Value) -> (FinalActivation, logits: Value)? {
    if let logits = softmax(value) { return (.softmax, logits) }
    return sigmoid(value).map { (.sigmoid, $0) }
  }

  /// The logits whose softmax's logarithm `value` is.
  func logSoftmax(at value: Value) -> Value? {
    switch term(value) {
    case .logOfSoftmax(let axis):
      guard let logits = operands(value)[0].value else { return nil }
      return shapes[logits].map { $0.isLane($0.axis(axis)) } ?? true ? logits : nil
    case .difference:
      // x − ln Σ eˣ
      guard let x = operands(value)[0].value, let total = operands(value)[1].value else { return nil }
      return logOfSum(unmoved(total)).flatMap { isSame($0, x) ? withoutMaximum(x) : nil }
    default: return nil
    }
  }

  /// x of ln Σ eˣ along the classes.
  private func logOfSum(_ value: Value) -> Value? {
    let source = operands(value)[0].value
    if case .logOfTotal(let axes) = term(value) { return source.flatMap { spans(axes, $0) ? $0 : nil } }
    return term(value) == .logarithm ? source.flatMap(sumOfShares).flatMap(exponent) : nil
  }

  private func softmax(_ value: Value) -> Value? {
    guard let (above, below) = quotient(value), let x = exponent(above), let e = sumOfShares(below),
      let z = exponent(e), isSame(x, z)
    else { return nil }
    return withoutMaximum(x)
  }

  private func sigmoid(_ value: Value) -> Value? {
    if let below = inverse(value) { return other(.sum, 1, below).flatMap(exponent).flatMap(negated) }
    if let (above, below) = quotient(value), let x = exponent(above),
      let z = other(.sum, 1, below).flatMap(exponent), isSame(x, z)
    {
      return x
    }
    // ½ + ½·tanh(x/2), or the whole of it halved.
    let tangent =
      other(.sum, 0.5, value).flatMap(halved)
      ?? halved(value).flatMap { other(.sum, 1, $0) }
    return tangent.flatMap { term($0) == .tangent ? operands($0)[0].value : nil }.flatMap(halved)
  }

  // MARK: Parts

  /// x of eˣ.
  private func exponent(_ value: Value) -> Value? {
    let value = unmoved(value)
    return term(value) == .exponential ? operands(value)[0].value : nil
  }

  /// x of Σ x along the classes.
  private func sumOfShares(_ value: Value) -> Value? {
    let value = unmoved(value)
    guard case .total(let axes) = term(value), let x = operands(value)[0].value, spans(axes, x) else { return nil }
    return x
  }

  /// z of z − max z, or the value itself.
  private func withoutMaximum(_ value: Value) -> Value {
    guard term(value) == .difference, let z = operands(value)[0].value, let most = operands(value)[1].value,
      case .largest = term(unmoved(most)), let source = operands(unmoved(most))[0].value, isSame(source, z)
    else { return value }
    return z
  }

  /// a and b of a/b.
  private func quotient(_ value: Value) -> (Value, Value)? {
    let parts = operands(value).map(\.value)
    guard parts.count == 2, let a = parts[0], let b = parts[1] else { return nil }
    if term(value) == .quotient { return (a, b) }
    guard term(value) == .product else { return nil }
    return inverse(b).map { (a, $0) } ?? inverse(a).map { (b, $0) }
  }

  /// x of 1/x.
  private func inverse(_ value: Value) -> Value? {
    switch (term(value), operands(value)) {
    case (.reciprocal, let parts): parts[0].value
    case (.quotient, let parts): parts[0] == .number(1) ? parts[1].value : nil
    case (.power, let parts): parts[1] == .number(-1) ? parts[0].value : nil
    default: nil
    }
  }

  /// x of −x.
  private func negated(_ value: Value) -> Value? {
    switch (term(value), operands(value)) {
    case (.negation, let parts): parts[0].value
    case (.difference, let parts): parts[0] == .number(0) ? parts[1].value : nil
    case (.quotient, let parts): parts[1] == .number(-1) ? parts[0].value : nil
    default: other(.product, -1, value)
    }
  }

  /// x of x/2.
  private func halved(_ value: Value) -> Value? {
    if term(value) == .quotient { return operands(value)[1] == .number(2) ? operands(value)[0].value : nil }
    return other(.product, 0.5, value)
  }

  /// x of x + number or x·number, in either order.
  private func other(_ wanted: ElementaryTerm, _ number: Float, _ value: Value) -> Value? {
    let parts = operands(value)
    guard term(value) == wanted, parts.count == 2 else { return nil }
    return parts[0] == .number(number) ? parts[1].value : parts[1] == .number(number) ? parts[0].value : nil
  }

  // MARK: Values

  private enum Operand: Equatable {
    case value(Value)
    /// A constant with the same number everywhere.
    case number(Float)
    /// Other constants.
    case constant
    case missing

    var value: Value? { if case .value(let value) = self { value } else { nil } }
  }

  private func producer(_ value: Value) -> Node? { value.index == 0 ? nil : nodes[value.index - 1] }
  private func term(_ value: Value) -> ElementaryTerm? { producer(value)?.operation.term }

  /// What the operation that gives a value works on: two at least, so that none is missing.
  private func operands(_ value: Value) -> [Operand] {
    guard let node = producer(value) else { return [.missing, .missing] }
    let constants = node.operation.constants
    var rest = node.inputs[...]
    let operands = (0..<node.inputs.count + constants.count).map { position -> Operand in
      guard let tensor = constants[position] else { return .value(rest.removeFirst()) }
      guard tensor.count <= 4096, case let numbers = Set(tensor.logical()), numbers.count == 1 else { return .constant }
      return .number(numbers.first ?? 0)
    }
    return operands + Array(repeating: .missing, count: max(0, 2 - operands.count))
  }

  /// What a value was before it was moved or repeated.
  private func unmoved(_ value: Value) -> Value {
    var (value, steps) = (value, 0)
    while steps < 16, let node = producer(value), node.inputs.count == 1,
      node.operation.term == .repetition
        || node.operation.passesShares(from: shapes[node.inputs[0]], to: shapes[value])
    {
      (value, steps) = (node.inputs[0], steps + 1)
    }
    return value
  }

  /// Whether a reduction runs along the classes of an image, and not over a batch.
  private func spans(_ axes: ReducedAxes, _ value: Value) -> Bool {
    guard let shape = shapes[value] else { return false }
    let reduced = axes.resolved(in: shape)
    return reduced.contains(where: shape.isLane) && (shape.rank == 1 || !reduced.contains(0))
  }

  /// Whether two values are the same, or computed alike from the same: exporters write what is used twice once or twice.
  private func isSame(_ a: Value, _ b: Value, depth: Int = 6) -> Bool {
    if a == b { return true }
    guard depth > 0, let first = term(a), first == term(b) else { return false }
    return zip(operands(a), operands(b)).allSatisfy { x, y in
      if let x = x.value, let y = y.value { return isSame(x, y, depth: depth - 1) }
      return x == y && x != .constant
    }
  }
}
