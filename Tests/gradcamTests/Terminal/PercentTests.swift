import Testing

@testable import gradcam

@Suite struct PercentTests {
  @Test(arguments: [
    (1, "100.0 %"), (0.99997, "99.9 %"), (0.9996, "99.9 %"), (0.9994, "99.9 %"), (0.973, "97.3 %"), (0.0005, "0.1 %"),
    (0, "0.0 %"),
  ])
  func `A hundred only for what is a hundred`(_ share: Double, _ text: String) { #expect(percentText(share) == text) }
}
