/// Recognises x·(1 + erf(x/√2))·½ among a program's steps, as exporters write GELU for opsets before 20; the half may come first.
struct WrittenOutGELU {
  let steps: [Program.Step]
  let graph: Graph
  /// The one step that uses what a slot holds, if nothing else needs it.
  let soleConsumer: (Slot) -> Int?

  /// The step that gives what a slot holds; nil for the network's input.
  let producer: (Slot) -> Int?

  /// What is found at the step that divides by √2: x, and all the steps, in their order.
  func found(at division: Int) -> (source: Slot, steps: [Int])? {
    guard term(division) == .quotient, number(division) == Float(2).squareRoot(),
      let erf = behind(division), term(erf) == .errorFunction,
      let sum = behind(erf), term(sum) == .sum, number(sum) == 1,
      let product = behind(sum), term(product) == .product, steps[product].inputs.count == 2
    else { return nil }
    let source = steps[division].inputs[0]
    guard let other = steps[product].inputs.first(where: { $0 != steps[sum].outputs[0] }) else { return nil }
    if other == source {
      return behind(product).flatMap { isHalf($0) ? (source, [division, erf, sum, product, $0]) : nil }
    }
    // (x·½)·(1 + erf(x/√2)): the same but for what is too small or too large to be halved exactly.
    guard let half = producer(other), isHalf(half), steps[half].inputs == [source], soleConsumer(other) == product
    else { return nil }
    return (source, [division, erf, sum, half].sorted() + [product])
  }

  private func behind(_ step: Int) -> Int? { soleConsumer(steps[step].outputs[0]) }

  private func isHalf(_ step: Int) -> Bool { term(step) == .product && number(step) == 0.5 }

  private func operation(_ step: Int) -> (any Operation)? { graph.operation(of: steps[step]) }

  private func term(_ step: Int) -> ElementaryTerm? { operation(step)?.term }

  /// The one number that the step's operation takes beside one value; a dividend is none.
  private func number(_ step: Int) -> Float? {
    guard let constants = operation(step)?.constants, constants.count == 1, steps[step].inputs.count == 1,
      let (position, tensor) = constants.first, tensor.count == 1, term(step) != .quotient || position == 1
    else { return nil }
    return tensor.logical()[0]
  }
}
