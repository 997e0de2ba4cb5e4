import TestSupport
import Testing

@testable import GradCAMCore

/// What every method must say of networks that are broken on purpose.
@Suite struct MethodVerdictTests {
  /// They see the layer alone, and not what the network makes of it.
  private static let classless: Set = ["eigencam", "kpcacam", "fem", "randomcam"]
  private static let atInput = Set(CAMMethods.all.filter(\.isAtInput).map(\.name))

  /// Expects the verdict that `expected` has for each method.
  private func expect(
    _ model: SmallModel, score: Session.ScorePoint = .logit, signed: Bool = false, keepsGradients: Bool = true,
    usesShortcuts: Bool = true,
    _ expected: (String) -> Verdict?
  ) throws {
    let network = try model.network()
    for method in CAMMethods.ofFeatureMaps {
      guard let verdict = expected(method.name) else { continue }
      let map = try network.explain(method, layer: "relu2", before: "relu1") {
        $0.score = score
        $0.settings.isSigned = signed
        $0.keepsGradients = keepsGradients
        $0.settings.usesShortcuts = usesShortcuts
      }
      #expect(map.verdict == verdict, "\(method.name), \(map.raw.range)")
      #expect(map.heatmap.values.allSatisfy { $0.isFinite }, "\(method.name)")
      let isEmpty = map.drawn.values.allSatisfy { $0 == 0 }
      if verdict == .ok { #expect(!isEmpty, "\(method.name)") }
      if [.allNegative, .notFinite].contains(verdict) { #expect(isEmpty, "\(method.name)") }
    }
  }

  @Test func `A network with nothing wrong`() throws {
    var model = SmallModel()
    model.linear[0] = 2
    try expect(model) { _ in .ok }
    try expect(model, signed: true) { _ in .ok }
  }

  /// The class has no weights. Perturbations leave its score as it is; gradients are 0, at noisy inputs, too.
  @Test(arguments: [true, false]) func `A score that depends on nothing`(_ keepsGradients: Bool) throws {
    var model = SmallModel()
    model.linear = model.linear.map { _ in 0 }
    try expect(model, keepsGradients: keepsGradients) { Self.classless.contains($0) ? .ok : .zeroGradient }
  }

  /// The softmax is at 1 whatever the input is: its gradient is 0, and perturbations do not move it.
  @Test func `An output at its bound`() throws {
    var model = SmallModel()
    model.bias = [300, 0, 0]
    // Behind a softmax there is no linear head for CAM.
    try expect(model, score: .output) { $0 == "cam" ? nil : Self.classless.contains($0) ? .ok : .saturated }
    // The logit still depends on the layer; RISE asks for the probability whatever is differentiated.
    try expect(model) { $0 == "rise" ? .saturated : nil }
  }

  /// Every position of both layers is the same, and all of it speaks for the class. The layers do not depend on the input.
  @Test(arguments: [true, false]) func `A layer that is even`(_ usesShortcuts: Bool) throws {
    var model = SmallModel()
    model.conv1 = model.conv1.map { _ in 0 }
    (model.bias1, model.conv2) = (model.bias1.map(abs), model.conv2.map(abs))
    model.linear = model.linear.enumerated().map { $0 < 5 ? 2 + $1 : $1 / 2 }
    try expect(model, usesShortcuts: usesShortcuts) { method in
      // The sum of these random weights is negative.
      if method == "randomcam" { return .allNegative }
      return Self.atInput.contains(method) || method == "guidedgradcam" ? .zeroGradient : .constant
    }
  }

  /// All weights from the first layer to the class are negative. What multiplies activations by gradients finds nothing above 0. What
  /// takes away a mean or the least value does, what takes magnitudes does, softmax weights are positive; and what is drawn with its
  /// sign shows the negative.
  @Test func `Nothing that speaks for the class`() throws {
    var model = SmallModel()
    model.conv2 = model.conv2.map(abs)
    model.linear = model.linear.enumerated().map { $0 < 5 ? -1 - abs($1) : abs($1) }
    model.bias = [0, 0, 0]
    let positive = ["gradcam++", "smoothgradcam++", "layercam", "gradcam-elementwise", "refinecam"]
    let signed = ["gradcam", "xgradcam", "hirescam", "ablationcam", "finercam", "shapleycam"]
    // Grad-CAM is cut at 0, and no ReLU passes back a negative gradient.
    let guided = ["guidedbackprop", "deconvnet", "guidedgradcam"]
    // The random weights happen to be negative where it counts.
    let cut = positive + signed + guided + ["cam", "randomcam"]
    try expect(model) { cut.contains($0) ? .allNegative : .ok }
    // Asked for negative evidence, the first ones have none: they add up positive gradients only.
    try expect(model, signed: true) { (positive + guided).contains($0) ? .allNegative : .ok }
  }

  @Test(arguments: [Float.nan, .infinity]) func `Layers that are not finite`(_ value: Float) throws {
    var model = SmallModel()
    model.conv1[0] = value
    model.conv1[27] = -value
    try expect(model) { _ in .notFinite }
  }

  /// The layers are fine, and so is what is seen of them without the class.
  @Test(arguments: [true, false]) func `A class whose weights are not finite`(_ keepsGradients: Bool) throws {
    var model = SmallModel()
    model.linear[0] = .nan
    try expect(model, keepsGradients: keepsGradients) { Self.classless.contains($0) ? .ok : .notFinite }
  }

  /// One sample leaves one score, which says nothing of the others.
  @Test func `A single sample`() throws {
    let network = try SmallModel().network()
    #expect(try network.explain(["rise"]) { $0.settings.samples = 1 }[0].verdict == .ok)
  }

  @Test func `Verdicts of maps`() {
    let verdict = { (values: [Float], keepsNegative: Bool) in
      Verdict.of(Heatmap(width: values.count, height: 1, values: values), keepsNegative: keepsNegative)
    }
    #expect(verdict([1, 2], false) == .ok && verdict([-1, 2], false) == .ok && verdict([0, 1e-30], false) == .ok)
    #expect(verdict([-1, -2], false) == .allNegative && verdict([-1, 0], false) == .allNegative)
    #expect(verdict([-1, -2], true) == .ok && verdict([-1, -1], false) == .allNegative)
    #expect(verdict([0, 0], false) == .constant && verdict([-1, -1], true) == .constant)
    #expect(verdict([3, 3.000_001], false) == .constant && verdict([3, 3.001], false) == .ok)
    #expect(verdict([1, .nan], true) == .notFinite && verdict([1, .infinity], false) == .notFinite)
  }
}
