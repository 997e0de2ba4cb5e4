import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What can be wrong before an image is there, what options do to maps, and a method of one's own.
@Suite struct MethodOptionTests {
  private func complaint(
    _ model: String, _ methods: [String], layers: [String] = [], _ change: (inout Explainer.Options) -> Void = { _ in }
  ) throws -> String {
    let network = try MethodModel(model)
    do {
      _ = try network.explain(methods, layers: layers, change)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func `Methods that a model cannot serve`() throws {
    #expect(
      try complaint("xray-nf2", ["cam"]).hasPrefix("method: cam needs a linear head behind global average pool"))
    #expect(try complaint("cifar", ["cam"], layers: ["layer2"]).hasPrefix("method: cam needs a linear head"))
    #expect(try complaint("xray-nf2", ["finercam"]).hasPrefix("method: finercam compares classes"))
    #expect(
      try complaint("cifar", ["refinecam"]).hasPrefix("method: refinecam multiplies the maps of several layers"))
    #expect(try complaint("cifar", ["layercam"], layers: ["linear"]).hasPrefix("layer: linear has no spatial extent"))
    let smooth = try Self.model { x, builder in builder.add(SiLU(), x, as: "act") }
    for method in ["guidedbackprop", "deconvnet", "guidedgradcam", "fullgrad"] {
      var options = Explainer.Options()
      options.methods = [try CAMMethods.named(method)]
      #expect(throws: InputError.self, "\(method)") { try Explainer(smooth, options) }
    }
  }

  @Test func `A layer whose features lie along the axis of images`() throws {
    let folded = try Self.model { x, builder in
      let apart = builder.add(Reshape([2, 2, 20, 28]), x, as: "apart")
      return builder.add(Reshape([1, 4, 20, 28]), apart, as: "together")
    }
    var options = Explainer.Options()
    options.layers = ["apart"]
    #expect {
      try Explainer(folded, options)
    } throws: {
      "\($0)".hasPrefix("layer: apart is no feature map: its output [2, 2, 20, 28] has features along several axes")
    }
    options.layers = ["together"]
    _ = try Explainer(folded, options)
  }

  /// A convolution without a bias, something, and a pooled linear head.
  private static func model(_ middle: (Value, GraphBuilder) -> Value) throws -> Model {
    let builder = GraphBuilder(kind: "Small")
    let x = middle(builder.add(Networks.conv(4, 3, seed: 1), builder.input, as: "conv"), builder)
    let pooled = builder.function(Flatten(), builder.add(AdaptiveAvgPool2d(), x, as: "pool"))
    let graph = builder.graph(output: builder.add(Networks.linear(3, 4, seed: 2), pooled, as: "fc"))
    let model = try MethodModel("cifar").model
    return Model(
      graph: graph, format: "", architecture: model.architecture, input: model.input,
      preprocessing: model.preprocessing,
      labels: [], defaultLayer: "conv", defaultLayerReason: "", assumptions: [], warnings: [], tensors: [], records: nil
    )
  }

  @Test func `Numbers and contrasts`() throws {
    #expect(try complaint("cifar", ["rise"]) { $0.settings.samples = 0 }.hasPrefix("samples: 0 is none"))
    #expect(
      try complaint("cifar", ["integratedgradients"]) { $0.settings.samples = 10_001 }.hasPrefix(
        "samples: 10001 steps"))
    #expect(try complaint("cifar", ["rise"]) { $0.settings.batch = 0 }.hasPrefix("batch: 0 is none"))
    #expect(try complaint("cifar", ["rise"]) { $0.settings.budget = 0 }.hasPrefix("budget: 0.0 is no time"))
    #expect(
      try complaint("cifar", ["gradcam"]) { $0.settings.budget = 1 }.hasPrefix("budget: none of the methods draws"))
    #expect(try complaint("cifar", ["gradcam"]) { $0.settings.samples = 9 }.hasPrefix("samples: none of the methods"))
    #expect(
      try complaint("cifar", ["gradcam"]) { $0.against = .index(3) }.hasPrefix("against: names the class that is"))
    // Beside another target, too.
    let beside = try complaint("cifar", ["gradcam"]) { ($0.targets, $0.against) = ([.index(4), .index(3)], .index(3)) }
    #expect(beside.hasPrefix("against: names the class that is"))
    #expect(try complaint("cifar", ["gradcam"]) { $0.against = .top }.hasPrefix("against: takes one class"))
    #expect(try complaint("cifar", ["gradcam"]) { $0.against = .index(10) }.hasPrefix("against: 10 is no class"))
    #expect(
      try complaint("cifar", ["eigencam"]) { $0.against = .index(1) }.hasPrefix("against: eigencam knows no class"))
    #expect(
      try complaint("cifar", ["fem"]) { $0.isCounterfactual = true }.hasPrefix("counterfactual: fem knows no class"))
    #expect(
      try complaint("cifar", ["gradcam"]) { $0.fusion = .mean }.hasPrefix("fuse: joins the maps of several layers"))
  }

  @Test func `Against the class that is seen first`() throws {
    let network = try MethodModel("cifar")
    let top = try network.explain(["gradcam"]) { $0.targets = [.top] }[0].target.index
    let message = try complaint("cifar", ["gradcam"]) {
      $0.targets = [.top]
      $0.against = .index(top)
    }
    #expect(
      message.hasPrefix(
        "against: class \(top) is the one that the image shows itself (target CLASS, or against another)"))
    let others = try network.explain(["gradcam"]) {
      $0.targets = [.all]
      $0.against = .index(top)
    }
    #expect(others.count == 9 && !others.contains { $0.target.index == top })
  }

  @Test func `Maps with a sign`() throws {
    let network = try MethodModel("cifar")
    let signed = try network.explain(["gradcam"]) { $0.settings.isSigned = true }[0]
    #expect(signed.isSigned && signed.cam == signed.raw)
    #expect((signed.heatmap.values.map(abs).max() ?? 0) == 1 && (signed.drawn.values.min() ?? 0) < 0)
    let plain = try network.explain(["gradcam"])[0]
    #expect(!plain.isSigned && plain.drawn.values.allSatisfy { (0...1).contains($0) })
    let input = try network.explain(["inputxgradient"])[0]
    #expect(input.isSigned && input.verdict == .ok && input.measured.values.allSatisfy { $0 >= 0 })
    // Colours: 0 in the middle.
    let style = OverlayStyle(of: nil, isSigned: true)
    #expect(style.position(of: 0) == 0.5 && style.position(of: -1) == 0 && style.position(of: 1) == 1)
  }

  @Test func `Counterfactuals are the opposite of Grad-CAM`() throws {
    let network = try MethodModel("cifar")
    let (own, opposite) = (
      try network.explain(["gradcam"])[0], try network.explain(["gradcam"]) { $0.isCounterfactual = true }[0]
    )
    expectClose(opposite.raw.values, own.raw.values.map { -$0 }, tolerance: 1e-6)
    #expect(opposite.score == -own.score)
  }

  @Test func `A method of one's own`() throws {
    struct PositiveCAM: CAMMethod {
      let name = "positive"
      let paper = "mine"
      func explain(_ evidence: Evidence) -> Finding {
        Finding(evidence.weightedSum(evidence.gradients.channelMeans().map { max($0, 0) }))
      }
    }
    let network = try MethodModel("cifar")
    var options = Explainer.Options()
    options.methods = [PositiveCAM(), GradCAM()]
    let maps = try network.explain(options)
    #expect(maps.map(\.method.name) == ["positive", "gradcam"] && maps[0].verdict == .ok && maps[0].raw != maps[1].raw)
  }

  @Test func `Names are each there once`() throws {
    let names = CAMMethods.all.map(\.name)
    #expect(Set(names).count == 39 && names.count == 39)
    for method in CAMMethods.all { #expect(!method.paper.isEmpty && !method.needs.description.isEmpty) }
    #expect(throws: InputError.self) { try CAMMethods.named("gradcan") }
  }
}
