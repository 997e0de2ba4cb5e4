import Glibc

/// y = ln x.
struct Log: ElementwiseUnary {
  let kind = "log"

  func value(_ x: Float) -> Float { logf(x) }

  func slope(_ x: Float) -> Float { 1 / x }
}
