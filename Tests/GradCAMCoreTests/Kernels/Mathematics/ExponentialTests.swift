import Glibc
import Testing

@testable import GradCAMCore

@Suite struct ExponentialTests {
  @Test func `Is the exponential to rounding`() {
    var worst = 0.0
    for step in -87_000...88_000 {
      let x = Float(step) / 1000
      worst = max(worst, abs(Double(Exponential.value(x)) / exp(Double(x)) - 1))
    }
    #expect(worst < 2.5e-7)
  }

  @Test func `Knows its limits`() {
    #expect(Exponential.value(0) == 1)
    #expect(Exponential.value(.nan).isNaN)
    #expect(Exponential.value(.infinity) == .infinity)
    #expect(Exponential.value(1e30) == .infinity)
    #expect(Exponential.value(-.infinity) < 2e-38)
    #expect(Exponential.value(-.infinity) >= 0)
  }
}
