import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Gives maps that a test wants, by layer.
private struct Told: CAMMethod {
  let name = "told"
  let paper = "none"
  var isSigned = false
  var needs = MethodNeeds.gradients
  let maps: [String: [Float]]

  init(_ values: Float..., isSigned: Bool = false) { (maps, self.isSigned) = (["": values], isSigned) }
  init(_ maps: [String: [Float]]) { self.maps = maps }

  func explain(_ evidence: Evidence) -> Finding {
    let values = maps[evidence.layer] ?? maps[""] ?? []
    return Finding(Heatmap(width: values.count, height: 1, values: values))
  }
}

/// Maps whose evidence is next to nothing beside the opposite, and maps on a fixed scale.
@Suite struct FaintMapTests {
  private func map(
    _ method: Told, layers: [String] = ["relu2"], _ change: (inout Explainer.Options) -> Void = { _ in }
  ) throws -> ExplanationMap {
    var options = Explainer.Options()
    (options.methods, options.layers, options.targets) = ([method], layers, [.index(0)])
    change(&options)
    return try SmallModel().network().explain(options)[0]
  }

  @Test func `Less than a twentieth of the opposite`() throws {
    let verdict = { (values: [Float], keepsNegative: Bool) in
      Verdict.of(Heatmap(width: values.count, height: 1, values: values), keepsNegative: keepsNegative)
    }
    #expect(verdict([-20.1, 1], false) == .faint && verdict([-20, 1], false) == .ok)
    #expect(verdict([-1, 1e-30], false) == .faint && verdict([0, 1e-30], false) == .ok)
    // What is drawn with its sign shows what is there.
    #expect(verdict([-20.1, 1], true) == .ok)
    #expect(Verdict.faintShare == 0.05)
  }

  @Test func `The share of the evidence`() {
    let share = { (values: Float...) in Heatmap(width: values.count, height: 1, values: values).positiveShare }
    #expect(share(-4, 1) == 0.25 && share(-1, 4) == 1 && share(0, 3) == 1)
    #expect(share(-4, 0) == 0 && share(-4, -1) == 0)
    #expect(share(0, 0).isNaN && share(.nan, 1).isNaN)
  }

  @Test func `What is faint, and what is not`() throws {
    let faint = try map(Told(-40, 1, 0))
    #expect(faint.verdict == .faint && faint.positiveShare == 1 / 40 && faint.raw.range.least == -40)
    #expect(try map(Told(-19, 1)).verdict == .ok)
    #expect(try map(Told(-40, 1)) { $0.settings.isSigned = true }.verdict == .ok)
    #expect(try map(Told(-40, 1, isSigned: true)).verdict == .ok)
    #expect(try map(Told(-40, 1)) { $0.settings.isSigned = true }.positiveShare == 1 / 40)
    var classless = Told(-40, 1)
    classless.needs = []
    #expect(try map(classless).verdict == .ok)
    for library in PeerLibrary.allCases {
      #expect(try map(Told(-40, 1)) { $0.settings.compat = library }.verdict == .faint, "\(library)")
    }
    // The mean of a map and of its mirror image.
    #expect(try map(Told(-80, 2)) { $0.smoothsByAugmentation = true }.verdict == .allNegative)
    #expect(try map(Told(1, -80, 1)) { $0.smoothsByAugmentation = true }.verdict == .faint)
  }

  @Test func `What is joined of a faint map is faint`() throws {
    let layers = ["relu1", "relu2"]
    let mixed = Told(["relu1": [-40, 1, 0], "relu2": [3, 1, 0]])
    for fusion in LayerFusion.allCases {
      let joined = try map(mixed, layers: layers) { $0.fusion = fusion }
      #expect(joined.verdict == .faint && joined.positiveShare == 1 / 40, "\(fusion)")
    }
    let sound = try map(Told(["relu1": [-10, 1, 0], "relu2": [3, 1, 0]]), layers: layers) { $0.fusion = .mean }
    #expect(sound.verdict == .ok && sound.positiveShare == 0.1)
    #expect(try map(mixed, layers: layers) { ($0.fusion, $0.settings.isSigned) = (.mean, true) }.verdict == .ok)
  }

  @Test func `Every side of a class`() throws {
    let model = try MethodModel("cifar")
    func one(_ change: (inout Explainer.Options) -> Void) throws -> ExplanationMap {
      try model.explain(["gradcam"], change)[0]
    }
    let plain = try one { _ in }
    let against = try one { $0.isCounterfactual = true }
    let contrast = try one { $0.against = .index(5) }
    #expect(plain.mode == .evidenceFor && against.mode == .evidenceAgainst && contrast.mode == .ratherThan)
    #expect(plain.against == nil && against.against == nil && contrast.against?.index == 5)
    #expect("\(plain.question)" == "evidence for class 3" && "\(against.question)" == "evidence against class 3")
    #expect("\(contrast.question)" == "evidence for class 3 rather than class 5")
    #expect("\(try model.explain(["fem"])[0].question)" == "no class")
    // What speaks for the class in one is what speaks against it in the other.
    #expect(against.raw.values == plain.raw.values.map { -$0 })
    #expect(max(plain.positiveShare, against.positiveShare) == 1 && min(plain.positiveShare, against.positiveShare) < 1)
  }

  @Test func `What verdicts mean of each side`() throws {
    #expect(Verdict.ok.explanation() == nil)
    #expect(
      Verdict.faint.explanation()?.contains("for this class is less than a twentieth of the strongest against it")
        ?? false)
    #expect(
      Verdict.allNegative.explanation(.evidenceAgainst)?.hasPrefix("nothing in the layer speaks against this class;")
        ?? false)
    #expect(Verdict.faint.explanation(.evidenceAgainst)?.contains("a twentieth of the strongest for it") ?? false)
    #expect(Verdict.faint.explanation(.ratherThan)?.contains("a twentieth of the strongest for the other") ?? false)
  }

  // MARK: - A fixed scale

  @Test func `One scale for all maps`() throws {
    let low = try map(Told(-3, 1, 2)) { $0.scale = 4 }
    #expect(low.heatmap.values == [0, 0.25, 0.5] && low.drawn == low.heatmap && low.scale == 4)
    #expect(try map(Told(-3, 1, 8)) { $0.scale = 4 }.heatmap.values == [0, 0.25, 1])
    #expect(try map(Told(-8, 1, 2), { ($0.scale, $0.settings.isSigned) = (4, true) }).drawn.values == [-1, 0.25, 0.5])
    #expect(try map(Told(.infinity, 1)) { $0.scale = 4 }.heatmap.values == [0, 0])
    let library = try map(Told(-3, 1, 2)) { ($0.scale, $0.settings.compat) = (4, .pytorchGradCAM) }
    #expect(library.heatmap.values == [0, 0.25, 0.5])
    let joined = try map(Told(["relu1": [2, 8], "relu2": [1, 1]]), layers: ["relu1", "relu2"]) {
      ($0.scale, $0.fusion) = (4, .mean)
    }
    #expect(joined.heatmap.values == [0.375, 0.625])
    #expect(try map(Told(1, 2)).scale == nil)
  }

  @Test func `Scales that make no sense`() throws {
    for scale in [0, -1, .nan, .infinity] as [Float] {
      #expect(try inputError { _ = try map(Told(1, 2)) { $0.scale = scale } }.subject == "\(Parameter.scale)")
    }
    let both = try inputError { _ = try map(Told(1, 2)) { ($0.scale, $0.normalization) = (2, Normalization.none) } }
    #expect("\(both)".hasPrefix("scale: is one scale for all maps, and normalize none another for each"))
    #expect(try map(Told(1, 2)) { ($0.scale, $0.normalization) = (4, .max) }.heatmap.values == [0.25, 0.5])
  }
}
