/// The mean and the spread of samples, element by element, by Welford's recurrence in double precision.
struct RunningMean {
  private(set) var means: [Double]
  private var squares: [Double]
  private(set) var count = 0

  init(count: Int) { (means, squares) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count)) }

  /// Takes in samples one after the other. Threads share out the elements, so that their number changes nothing.
  ///
  /// - Parameter value: of a sample's element.
  @inline(__always)
  mutating func add(_ samples: Int, threads: Workers, _ value: (_ sample: Int, _ element: Int) -> Float) {
    let before = count
    means.withUnsafeMutableBufferPointer { means in
      squares.withUnsafeMutableBufferPointer { squares in
        nonisolated(unsafe) let (means, squares) = (means, squares)
        parallelFor(means.count, blockSize: 1 << 12, threads: threads) { elements, _ in
          for sample in 0..<samples {
            let share = 1 / Double(before + sample + 1)
            for i in elements {
              let value = Double(value(sample, i))
              let distance = value - means[i]
              means[i] += distance * share
              squares[i] += distance * (value - means[i])
            }
          }
        }
      }
    }
    count += samples
  }

  /// Whether every sample was 0 in every element.
  var isZero: Bool { zip(means, squares).allSatisfy { $0 == 0 && $1 == 0 } }

  /// E[x²] − E[x]².
  var variances: [Double] { squares.map { $0 / Double(max(count, 1)) } }

  /// The standard error of the means (their root mean square), as a share of the largest mean's magnitude; nil for a single sample.
  var relativeError: Float? {
    guard count > 1, let largest = means.map(abs).max(), largest > 0 else { return nil }
    let mean = squares.reduce(0, +) / Double(squares.count) / Double(count - 1) / Double(count)
    return Float(mean.squareRoot() / largest)
  }
}

/// eˣ / Σ eˣ, computed in double precision.
func normalizedExponentials(_ scores: [Float]) -> [Float] {
  Softmax.values(of: scores.map(Double.init)).map(Float.init)
}
