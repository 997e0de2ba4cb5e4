/// Parameters replaced by normal noise of their own mean and deviation, each tensor's by a stream of random numbers of its own.
struct ParameterNoise {
  let seed: UInt64
  let threads: Workers

  /// Where these streams begin: metrics number theirs from 100 on, methods from 0.
  private static let firstStream: UInt64 = 1 << 20

  /// A tensor of the same shape. One number for all elements stays, for it has no deviation; so does one with a number that is not finite,
  /// for it has no mean.
  ///
  /// - Parameter number: which of the model's parameter tensors this is, in the order that they are used.
  func replacement(of tensor: Tensor, number: Int) -> Tensor {
    var values = tensor.logical()
    let count = Double(values.count)
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    guard variance > 0, variance.isFinite else { return tensor }
    let (random, deviation) = (
      CounterRandom(seed: seed, stream: Self.firstStream + UInt64(number)), variance.squareRoot()
    )
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      parallelFor(buffer.count, blockSize: 1 << 14, threads: threads) { range, _ in
        for index in range { base[index] = Float(mean + deviation * Double(random.normal(index))) }
      }
    }
    return Tensor(values, tensor.shape)
  }
}
