import TestSupport
import Testing

@testable import GradCAMCore

/// Closed forms, resumed passes and shared passes give what the slow way gives.
@Suite struct ShortcutTests {
  private func expectSame(
    _ found: [ExplanationMap], _ expected: [ExplanationMap], tolerance: Double = 1e-5, _ what: String = ""
  ) {
    #expect(found.count == expected.count, "\(what)")
    for (one, other) in zip(found, expected) {
      #expect(one.method.name == other.method.name && one.layer == other.layer && one.target == other.target)
      #expect(one.verdict == other.verdict)
      expectClose(one.raw.values, other.raw.values, tolerance: tolerance, "\(what) \(one.method.name) \(one.layer)")
    }
  }

  /// Closed forms behind an affine head, resumed passes elsewhere, against the whole network with the layer's output replaced.
  @Test(arguments: [
    ("cifar", "layer3"), ("cifar", "layer2"), ("cifar", "layer3.0.conv2"), ("squeezenet1_0", "features.8"),
    ("vgg11", "features.19"),
  ])
  func `Perturbations of a layer`(_ name: String, _ layer: String) throws {
    let network = try MethodModel(name)
    let methods = ["ablationcam", "reciprocam", "shapleycam"]
    let fast = try network.explain(methods, layers: [layer])
    let slow = try network.explain(methods, layers: [layer]) { $0.settings.usesShortcuts = false }
    // A second derivative that is zero is found as a difference of gradients that are rounded.
    expectSame(Array(fast.prefix(2)), Array(slow.prefix(2)), tolerance: 1e-4, name)
    expectSame(Array(fast.suffix(1)), Array(slow.suffix(1)), tolerance: 1e-3, name)
  }

  @Test func `Closed forms are taken`() throws {
    let network = try MethodModel("cifar")
    let shapes = try network.model.graph.shapes(for: network.input.shape)
    let head = { (layer: String) in Head(network.model.graph, behind: layer, shapes: shapes, at: .logit) }
    #expect(try #require(head("layer3")).isPooled && head("layer3")?.isAffine == true)
    #expect(try #require(head("layer2")).isResumable && head("layer2")?.isAffine == false)
    #expect(head("layer2")?.isPiecewiseAffine == true)
    // The second convolution of a block: its input passes it by.
    #expect(try #require(head("layer3.0.conv2")).isResumable == false)
    let xray = try MethodModel("xray-nf2").model
    let affine = Head(
      xray.graph, behind: "resnet_blocks.4", shapes: try xray.graph.shapes(for: xray.inputShape), at: .logit)
    #expect(affine?.isAffine == true && affine?.isPooled == false)
    let behindSigmoid = Head(xray.graph, behind: "resnet_blocks.4", shapes: [:], at: .output)
    #expect(behindSigmoid?.isResumable == true && behindSigmoid?.isPiecewiseAffine == false)
  }

  /// Channels 1 and 3 are dead: their masks are all 0, and one pass serves both.
  @Test func `Masks that are the same everywhere`() throws {
    var small = SmallModel()
    for channel in [1, 3] {
      small.conv2.replaceSubrange(channel * 6..<channel * 6 + 6, with: repeatElement(0, count: 6))
      small.bias2[channel] = -1
    }
    let network = try small.network()
    for name in ["scorecam", "iscam", "sscam"] {
      var (maps, passes): ([[ExplanationMap]], [Int]) = ([], [])
      for usesShortcuts in [true, false] {
        var options = Explainer.Options()
        options.methods = [try CAMMethods.named(name)]
        options.targets = [.index(0)]
        options.settings.usesShortcuts = usesShortcuts
        if name == "sscam" { options.settings.samples = 3 }
        var total = 0
        maps.append(try network.explain(options) { total = $2 })
        passes.append(total)
      }
      expectSame(maps[0], maps[1], name)
      #expect(maps[0][0].verdict == .ok)
      // Progress of SS-CAM counts samples.
      if name == "scorecam" { #expect(passes == [4, 5]) }
      if name == "iscam" { #expect(passes == [40, 50]) }
    }
  }

  /// All classes from one product of matrices, against a backward pass for each.
  @Test func `All classes of a pooled head`() throws {
    let network = try MethodModel("cifar")
    let methods = [
      "cam", "gradcam", "gradcam++", "layercam", "xgradcam", "ablationcam", "finercam", "scorecam", "reciprocam",
    ]
    let all = { (usesShortcuts: Bool) in
      try network.explain(methods, layers: ["layer3"]) {
        $0.targets = [.all]
        $0.settings.usesShortcuts = usesShortcuts
      }
    }
    let (fast, slow) = (try all(true), try all(false))
    #expect(fast.count == 10 * methods.count)
    expectSame(fast, slow, tolerance: 1e-4)
    for (one, other) in zip(fast, slow) {
      expectClose(try #require(one.evidence.gradients), try #require(other.evidence.gradients), tolerance: 1e-4)
    }
  }

  /// Methods, layers and classes that share passes, against each by itself.
  @Test func `Shared passes`() throws {
    let network = try MethodModel("squeezenet1_0")
    let (methods, layers) = (
      ["gradcam", "layercam", "finercam", "saliency", "scorecam"], ["features.5", "features.8"]
    )
    let shared = try network.explain(methods, layers: layers) { $0.targets = [.index(1), .index(2)] }
    #expect(shared.count == 2 * (4 * 2 + 1))
    for map in shared {
      let alone = try network.explain([map.method.name], layers: map.layer == "input" ? [] : [map.layer]) {
        $0.targets = [.index(map.target.index)]
      }
      expectSame([map], alone)
    }
  }

  @Test func `Gradients are computed once`() throws {
    let network = try MethodModel("cifar")
    var options = Explainer.Options()
    options.methods = try ["gradcam", "gradcam++", "xgradcam", "hirescam", "layercam", "eigengradcam"].map(
      CAMMethods.named)
    options.targets = [.index(3)]
    let explainer = try Explainer(network.model, options)
    var lines: [String] = []
    explainer.trace = { lines.append($0) }
    _ = try explainer.explain(Image(width: 28, height: 20, filledWith: [9, 99, 200]))
    #expect(lines.count { $0.hasPrefix("forward hook") } == 1 && lines.count { $0.hasPrefix("backward hook") } == 1)
  }
}
