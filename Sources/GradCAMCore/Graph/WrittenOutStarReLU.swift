/// Recognises scale·max(x, 0)² + bias among a program's steps, written as a ReLU, its square, a product and a sum with one number each;
/// the sum, or both, may be missing.
struct WrittenOutStarReLU {
  let steps: [Program.Step]
  let graph: Graph
  /// The one step that uses what a slot holds, if nothing else needs it.
  let soleConsumer: (Slot) -> Int?

  /// What is found at the step of the ReLU: the activation, and all the steps, in their order.
  func found(at relu: Int) -> (activation: StarReLU, steps: [Int])? {
    guard let operation = graph.operation(of: steps[relu]), case .activation(.relu)? = operation.fusionPart,
      let square = behind(relu), isSquare(square)
    else { return nil }
    var found = (activation: StarReLU(), steps: [relu, square])
    guard let product = behind(square), term(product) == .product, let scale = number(product) else { return found }
    found.activation.scale = scale
    found.steps.append(product)
    guard let sum = behind(product), term(sum) == .sum, let bias = number(sum) else { return found }
    found.activation.bias = bias
    found.steps.append(sum)
    return found
  }

  private func behind(_ step: Int) -> Int? { soleConsumer(steps[step].outputs[0]) }

  /// Whether a step multiplies a value by itself.
  private func isSquare(_ step: Int) -> Bool {
    let inputs = steps[step].inputs
    switch term(step) {
    case .power: return number(step) == 2 && graph.operation(of: steps[step])?.constants[1] != nil
    case .product: return inputs.count == 2 && inputs[0] == inputs[1]
    default: return false
    }
  }

  private func term(_ step: Int) -> ElementaryTerm? { graph.operation(of: steps[step])?.term }

  /// The one number that the step's operation takes beside one value.
  private func number(_ step: Int) -> Float? {
    guard let constants = graph.operation(of: steps[step])?.constants, constants.count == 1,
      steps[step].inputs.count == 1, let tensor = constants.values.first, tensor.count == 1
    else { return nil }
    return tensor.logical()[0]
  }
}
