import Glibc

/// The operations once more, straight from their definitions: in doubles, in logical order, with no cleverness.
public enum NaiveReference {
  /// The attributes of a convolution or a pooling.
  public struct Window: Sendable {
    public var kernel: (h: Int, w: Int)
    public var stride: (h: Int, w: Int) = (1, 1)
    /// Top, left, bottom, right.
    public var padding: (top: Int, left: Int, bottom: Int, right: Int) = (0, 0, 0, 0)
    public var dilation: (h: Int, w: Int) = (1, 1)
    public var groups = 1

    public init(kernel: (h: Int, w: Int)) { self.kernel = kernel }

    /// The places in one axis of the input that an output index looks at, inside the input or not.
    func rows(_ y: Int) -> [Int] { (0..<kernel.h).map { y * stride.h - padding.top + $0 * dilation.h } }
    func columns(_ x: Int) -> [Int] { (0..<kernel.w).map { x * stride.w - padding.left + $0 * dilation.w } }

    /// The kernel's place (r, s) and the input's (y, x) of all that an output's place looks at inside of the input.
    func places(_ index: [Int], in shape: [Int]) -> [(r: Int, s: Int, y: Int, x: Int)] {
      rows(index[2]).enumerated().flatMap { r, y in columns(index[3]).enumerated().map { (r, $0, y, $1) } }
        .filter { 0..<shape[2] ~= $0.y && 0..<shape[3] ~= $0.x }
    }
  }

  /// Seven loops. Weight K C/groups R S; the output's shape is given.
  public static func convolution(
    _ x: NaiveTensor, weight: NaiveTensor, bias: [Double]?, _ window: Window, output shape: [Int]
  ) -> NaiveTensor {
    let (groupK, groupC) = (weight.shape[0] / window.groups, weight.shape[1])
    return NaiveTensor(shape) { index in
      let (k, firstChannel) = (index[1], index[1] / groupK * groupC)
      let places = window.places(index, in: x.shape)
      return (0..<groupC).reduce(bias?[k] ?? 0) { sum, c in
        places.reduce(sum) { $0 + weight[k, c, $1.r, $1.s] * x[index[0], firstChannel + c, $1.y, $1.x] }
      }
    }
  }

  /// y = (x − mean)/√(var + eps)·weight + bias, by channel.
  public static func batchNorm(
    _ x: NaiveTensor, weight: [Float], bias: [Float], mean: [Float], variance: [Float], eps: Double
  ) -> NaiveTensor {
    NaiveTensor(x.shape) { index in
      let c = index[1]
      let normal = (x[index] - Double(mean[c])) / (Double(variance[c]) + eps).squareRoot()
      return normal * Double(weight[c]) + Double(bias[c])
    }
  }

  /// y = x·Wᵀ + b along the last axis.
  public static func linear(_ x: NaiveTensor, weight: NaiveTensor, bias: [Double]?) -> NaiveTensor {
    NaiveTensor(x.shape.dropLast() + [weight.shape[0]]) { index in
      let (row, k) = (Array(index.dropLast()), index[index.count - 1])
      return (0..<weight.shape[1]).reduce(bias?[k] ?? 0) { $0 + weight[[k, $1]] * x[row + [$1]] }
    }
  }

  public static func softmax(_ x: NaiveTensor, axis: Int) -> NaiveTensor {
    NaiveTensor(x.shape) { index in
      let sum = (0..<x.shape[axis]).reduce(0) { $0 + exp(x[replacing(index, axis, $1)] - x[index]) }
      return 1 / sum
    }
  }

  public static func maxPool(_ x: NaiveTensor, _ window: Window, output shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape) { index in
      window.places(index, in: x.shape).reduce(-Double.infinity) { largest, place in
        let value = x[index[0], index[1], place.y, place.x]
        return value > largest || value.isNaN ? value : largest
      }
    }
  }

  /// - Parameter countIncludePad: whether places in the padding (but none beyond it) count as zeros.
  public static func averagePool(
    _ x: NaiveTensor, _ window: Window, countIncludePad: Bool, output shape: [Int]
  ) -> NaiveTensor {
    NaiveTensor(shape) { index in
      var (sum, inside, inPadding) = (0.0, 0, 0)
      for iy in window.rows(index[2]) {
        for ix in window.columns(index[3]) {
          if iy >= 0 && iy < x.shape[2] && ix >= 0 && ix < x.shape[3] {
            sum += x[index[0], index[1], iy, ix]
            inside += 1
          } else if iy < x.shape[2] + window.padding.bottom && ix < x.shape[3] + window.padding.right {
            inPadding += 1
          }
        }
      }
      return sum / Double(countIncludePad ? inside + inPadding : inside)
    }
  }

  public static func adaptiveAveragePool(_ x: NaiveTensor, _ size: (h: Int, w: Int)) -> NaiveTensor {
    func places(_ index: Int, _ outputs: Int, _ inputs: Int) -> [Int] {
      // Those that share any part of the output's place.
      (0..<inputs).filter { $0 * outputs < (index + 1) * inputs && ($0 + 1) * outputs > index * inputs }
    }
    return NaiveTensor([x.shape[0], x.shape[1], size.h, size.w]) { index in
      let values = places(index[2], size.h, x.shape[2]).flatMap { iy in
        places(index[3], size.w, x.shape[3]).map { x[index[0], index[1], iy, $0] }
      }
      return values.reduce(0, +) / Double(values.count)
    }
  }

  public static func concat(_ inputs: [NaiveTensor], axis: Int) -> NaiveTensor {
    var shape = inputs[0].shape
    shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
    return NaiveTensor(shape) { index in
      var place = index[axis]
      for input in inputs {
        if place < input.shape[axis] { return input[replacing(index, axis, place)] }
        place -= input.shape[axis]
      }
      return .nan
    }
  }

  /// Index `start + i·step` of the input at index i of the output, along every axis.
  public static func slice(_ x: NaiveTensor, start: [Int], step: [Int], output shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape) { index in x[index.indices.map { start[$0] + index[$0] * step[$0] }] }
  }

  public static func pad(_ x: NaiveTensor, before: [Int], after: [Int], value: Double) -> NaiveTensor {
    NaiveTensor(x.shape.indices.map { before[$0] + x.shape[$0] + after[$0] }) { index in
      let source = index.indices.map { index[$0] - before[$0] }
      return zip(source, x.shape).allSatisfy { $0 >= 0 && $0 < $1 } ? x[source] : value
    }
  }

  private static func replacing(_ index: [Int], _ axis: Int, _ place: Int) -> [Int] {
    var index = index
    index[axis] = place
    return index
  }
}
