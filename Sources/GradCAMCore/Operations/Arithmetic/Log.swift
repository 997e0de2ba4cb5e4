import Glibc

/// y = ln x.
struct Log: ElementwiseUnary {
  let kind = "log"
  var term: ElementaryTerm? { .logarithm }

  func value(_ x: Float) -> Float { logf(x) }

  func slope(_ x: Float) -> Float { 1 / x }
}
