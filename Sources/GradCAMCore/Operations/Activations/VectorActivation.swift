/// A function that kernels can apply to what they store, too.
protocol VectorActivation: ElementwiseUnary, WritingOperation {
  var activation: Activation { get }
}

extension VectorActivation {
  var fusionPart: FusionPart? { .activation(activation) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Tensor(inputs[0].shape) { forward(inputs, to: $0, context) }
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let x = inputs[0]
    parallelFor(x.count, blockSize: 1 << 14, threads: context.threads) { range, _ in
      let start = range.lowerBound
      activation.apply(x.elements + start, to: output + start, count: range.count, context.kernels)
    }
  }

  /// The gradient by the kernel that knows the slope, for functions that keep their inputs.
  func descent(_ dy: Tensor, _ saved: Saved, _ context: ExecutionContext) -> [Tensor?] {
    let x = saved.inputs[0]
    let gradient = Tensor(dy.shape) { target in
      parallelFor(dy.count, blockSize: 1 << 14, threads: context.threads) { range, _ in
        let start = range.lowerBound
        activation.descend(
          dy.elements + start, x.elements + start, to: target + start, count: range.count, context.kernels)
      }
    }
    return [gradient]
  }
}
