public import ModelFormats

/// PyTorch's `BatchNorm2d` at inference: y = x·scale + shift by channel, from the running statistics.
public struct BatchNorm2d: Operation {
  public let kind = "BatchNorm2d"
  /// C values each: γ/√(σ²+ε) and β − μ·γ/√(σ²+ε).
  let scale: Tensor
  let shift: Tensor

  /// - Parameters: C values each: γ, β, μ and σ² as a state dict names them.
  public init(weight: [Float], bias: [Float], runningMean: [Float], runningVar: [Float], eps: Double = 1e-5) {
    let count = weight.count
    precondition([bias, runningMean, runningVar].allSatisfy { $0.count == count }, "statistics of different lengths")
    var scale = [Float](repeating: 0, count: count)
    var shift = scale
    for c in 0..<count {
      let factor = Double(weight[c]) / (Double(runningVar[c]) + eps).squareRoot()
      scale[c] = Float(factor)
      shift[c] = Float(Double(bias[c]) - Double(runningMean[c]) * factor)
    }
    self.scale = Tensor(scale, Shape(count))
    self.shift = Tensor(shift, Shape(count))
  }

  public var parameterCount: Int { scale.count * 2 }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    guard x.c == scale.count else { throw InputError("", "takes \(scale.count) channels, not the \(x.c) of \(x)") }
    return x
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let channels = scale.count
    return Tensor(x.shape) { y in
      parallelFor(x.count / max(channels, 1), blockSize: 1024, threads: context.threads) { positions, _ in
        let epilogue = ConvolutionEpilogue(scale: scale.elements, shift: shift.elements)
        for position in positions {
          let row = y + position * channels
          row.update(from: x.elements + position * channels, count: channels)
          epilogue.finish(row, first: 0, count: channels, offset: 0)
        }
      }
    }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let channels = scale.count
    let gradient = Tensor(outputGradient.shape) { target in
      parallelFor(outputGradient.count / max(channels, 1), blockSize: 1024, threads: context.threads) { positions, _ in
        let factors = scale.elements
        for position in positions {
          let source = outputGradient.elements + position * channels
          let row = target + position * channels
          for c in 0..<channels { row[c] = source[c] * factors[c] }
        }
      }
    }
    return [gradient]
  }

  public func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }
}
