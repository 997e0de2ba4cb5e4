import Glibc

/// y = ln(1 + e^(beta·x))/beta, and x itself where beta·x exceeds the threshold (there they round to the same).
struct Softplus: ElementwiseUnary {
  let kind = "Softplus"
  var beta: Float = 1
  var threshold: Float = 20

  func value(_ x: Float) -> Float { beta * x > threshold ? x : log1pf(expf(beta * x)) / beta }

  func slope(_ x: Float) -> Float { beta * x > threshold ? 1 : Sigmoid.value(beta * x) }
}
