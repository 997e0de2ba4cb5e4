import TestSupport
import Testing

@testable import GradCAMCore

/// One operation with the shapes of its inputs: what the table tests check against an oracle, by finite differences, and for
/// the same bytes from any number of threads.
struct OpCase: Sendable, CustomTestStringConvertible {
  let name: String
  let operation: any GradCAMCore.Operation
  let inputs: [Shape]
  /// Written out by hand, as PyTorch has it.
  let output: Shape
  /// Whether the inputs keep away from kinks and ties.
  var isSpaced = false
  /// Whether the inputs lie between 0.5 and 1.5.
  var isPositive = false
  /// A wider step for functions that are linear in each input, where only rounding counts.
  var step: Float = 0.5
  let oracle: @Sendable ([NaiveTensor]) -> NaiveTensor

  var testDescription: String { name }

  /// The inputs, the same in every run.
  var tensors: [Tensor] {
    var random = SeededRandom(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
    return inputs.map { shape in
      if isPositive { return Tensor(random.uniform(shape.count).map { 1 + $0 / 2 }, shape) }
      return Tensor(isSpaced ? random.spaced(shape.count) : random.uniform(shape.count), shape)
    }
  }

  static let all: [OpCase] = [
    convolutions, poolings, pointwise, activations, arithmetic, normalizations, reductions, linears, rearrangements,
    shapes, gatherings, products, resizings, indexed, functions,
  ].flatMap { $0 }
}

extension GradCAMCore.Operation {
  /// The gradients of all inputs after a forward pass, as a session asks for them.
  func gradients(
    _ inputs: [Tensor], _ outputGradient: Tensor, _ context: ExecutionContext, wanted: [Bool]? = nil
  ) -> [Tensor?] {
    let saved = Saved(
      inputShapes: inputs.map(\.shape), inputs: keeps.contains(.inputs) ? inputs : [],
      output: keeps.contains(.output) ? forward(inputs, context) : nil)
    return backward(outputGradient, saved, wanted: wanted ?? inputs.map { _ in true }, context)
  }
}
