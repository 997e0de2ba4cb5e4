import TestSupport
import Testing

@testable import GradCAMCore

/// `--compat` against what the libraries compute.
@Suite struct LibraryTests {
  private let network: MethodModel
  private let fixture: Fixture

  init() throws { (network, fixture) = (try MethodModel("cifar"), try Fixture("methods/libraries")) }

  private func map(
    _ method: String, _ library: PeerLibrary, _ layers: [String] = ["layer3"],
    _ change: (inout Explainer.Options) -> Void = { _ in }
  ) throws -> ExplanationMap {
    let maps = try network.explain([method], layers: layers) {
      $0.settings.compat = library
      change(&$0)
    }
    return try #require(maps.first)
  }

  @Test(arguments: ["fem", "kpcacam", "eigencam"]) func `pytorch-grad-cam's maps`(_ method: String) throws {
    let found = try map(method, .pytorchGradCAM).raw.values
    let expected = try fixture.tensor("pgc.\(method)").logical()
    // Its eigenvectors have either sign.
    let isTurned = zip(found, expected).reduce(0) { $0 + $1.0 * $1.1 } < 0
    expectClose(found, isTurned ? expected.map { -$0 } : expected, tolerance: 1e-3, method)
  }

  /// Scaled and at the input's size, where the library hands maps out.
  @Test(arguments: [
    ("gradcam", ["layer3"], "gradcam"), ("finercam", ["layer3"], "finercam"), ("fullgrad", ["layer3"], "fullgrad"),
    ("gradcam", ["layer2", "layer3"], "fused"), ("gradcam", ["layer3"], "augmented"),
    ("refinecam", ["layer2", "layer3"], "refinecam"),
  ]) func `pytorch-grad-cam's pictures`(_ method: String, _ layers: [String], _ key: String) throws {
    let map = try map(method, .pytorchGradCAM, layers) {
      if key == "fused" { $0.fusion = .mean }
      $0.smoothsByAugmentation = key == "augmented"
    }
    let enlarged = map.heatmap.enlarged(height: 20, width: 28)
    expectClose(enlarged.values, try fixture.tensor("pgc.\(key)").logical(), tolerance: 1e-3, key)
  }

  /// pytorch-grad-cam weighs what was written over a layer by the gradient before, torch-cam by the gradient behind; captum copies.
  @Test(arguments: [
    ("densenet", "features.norm5"), ("resnet18", "layer3.1.bn2"), ("resnet50", "layer4.2.bn1"),
    ("vgg11", "features.18"), ("mobilenet_v2", "features.18.1"),
  ]) func `Layers that are written over in place`(_ name: String, _ layer: String) throws {
    let (network, fixture) = (try MethodModel(name), try Fixture("methods/overwritten-\(name)"))
    let map = { (library: PeerLibrary?) in
      try #require(try network.explain(["gradcam"], layers: [layer]) { $0.settings.compat = library }.first)
    }
    let (height, width) = (network.input.shape.h, network.input.shape.w)
    let picture = try map(.pytorchGradCAM).heatmap.enlarged(height: height, width: width)
    expectClose(picture.values, try fixture.tensor("pgc").logical(), tolerance: 1e-3)
    expectClose(try map(.torchCAM).cam.values, try fixture.tensor("torchcam").logical(), tolerance: 1e-3)
    expectClose(try map(.captum).raw.values, try fixture.tensor("captum").logical(), tolerance: 1e-3)
    expectClose(try map(nil).raw.values, try fixture.tensor("captum").logical(), tolerance: 1e-3, "the paper's")
  }

  @Test func `pytorch-grad-cam's overlay`() throws {
    let levels = try fixture.tensor("picture").logical()
    let picture = Image(width: 28, height: 20, channels: 3, samples: levels.map { UInt8($0) })
    let style = OverlayStyle(of: .pytorchGradCAM, isSigned: false)
    let drawn = Overlay.draw(try map("gradcam", .pytorchGradCAM).drawn, over: picture, style: style)
    let expected = try fixture.tensor("pgc.overlay").logical()
    let differences = zip(drawn.samples, expected).map { abs(Float($0) - $1) }
    #expect((differences.max() ?? 99) <= 3 && differences.count { $0 > 1 } < differences.count / 50)
  }

  @Test func `torch-cam's maps`() throws {
    expectClose(
      try map("iscam", .torchCAM).cam.values, try fixture.tensor("torchcam.iscam").logical(), tolerance: 1e-3, "iscam")
    expectClose(
      try map("gradcam", .torchCAM).heatmap.values, try fixture.tensor("torchcam.gradcam").logical(), tolerance: 1e-3,
      "gradcam")
    let fused = try map("layercam", .torchCAM, ["layer2", "layer3"]) { $0.fusion = .max }
    expectClose(fused.heatmap.values, try fixture.tensor("torchcam.layercam").logical(), tolerance: 1e-3, "layercam")
  }

  @Test func `Defaults differ where a library is mistaken`() throws {
    for (library, method) in [(PeerLibrary.torchCAM, "gradcam++"), (.torchCAM, "iscam"), (.pytorchGradCAM, "fem")] {
      let (own, theirs) = (try network.explain([method], layers: ["layer3"])[0], try map(method, library))
      let scale = (own.cam.values.max() ?? 1) / (theirs.cam.values.max() ?? 1)
      let difference = zip(own.cam.values, theirs.cam.values).map { abs($0 - scale * $1) }.max() ?? 0
      #expect(difference > 1e-4 * (own.cam.values.max() ?? 0), "\(method)")
    }
  }

  @Test(arguments: [("squeezenet1_0", "features.8"), ("vgg11", "features.19"), ("alexnet", "features.11")])
  func `captum's attributions`(_ name: String, _ layer: String) throws {
    let (network, fixture) = (try MethodModel(name), try Fixture("methods/captum-\(name)"))
    for method in fixture.names {
      let maps = try network.explain([method], layers: [layer]) {
        $0.settings.compat = .captum
        if method == "integratedgradients" { $0.settings.samples = 20 }
      }
      let map = try #require(maps.first)
      let found = method == "gradcam" ? map.cam.values : map.thinned
      expectClose(found, try fixture.tensor(method).logical(), tolerance: 1e-3, "\(name) \(method)")
    }
  }
}
