import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Which maps may jump between processors: by the method, and by what stands behind the layer.
@Suite struct ProcessorToleranceTests {
  private func jumping(_ layers: [String]) throws -> [String] {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let names = CAMMethods.ofFeatureMaps.map(\.name).filter { !["cam", "finercam", "refinecam"].contains($0) }
    var options = Explainer.Options()
    options.methods = try names.map { name throws(InputError) in try CAMMethods.named(name) }
    options.layers = layers
    let setup = try Explainer.Setup(model, options)
    let layer = layers.count == 1 ? layers[0] : layers.joined(separator: "+")
    return options.methods.filter { setup.acrossProcessors($0, at: layer) == .jumping }.map(\.name)
  }

  private static let always = [
    "fullgrad", "fem", "saliency", "inputxgradient", "smoothgrad", "vargrad", "integratedgradients", "guidedbackprop",
    "deconvnet", "guidedgradcam",
  ]

  @Test func `Behind the last layer is no kink`() throws {
    #expect(try jumping(["resnet_blocks.4"]) == Self.always)
  }

  @Test(arguments: [["resnet_blocks.0"], ["resnet_blocks.4", "resnet_blocks.3"]])
  func `Gradients pass kinks on their way to an earlier layer`(_ layers: [String]) throws {
    let more = [
      "gradcam", "gradcam++", "smoothgradcam++", "xgradcam", "hirescam", "layercam", "gradcam-elementwise",
      "eigengradcam", "segeigencam", "shapleycam",
    ]
    #expect(try Set(jumping(layers)) == Set(Self.always + more))
  }

  @Test func `Kinks`() {
    let kinks: [any Operation] = [ReLU(), LeakyReLU(), HardSwish(), HardSigmoid(), SELU(), ELU(alpha: 2), Abs()]
    #expect(kinks.filter { !$0.hasKinks }.map(\.kind) == [])
    let smooth: [any Operation] = [Sigmoid(), Tanh(), SiLU(), Softplus(), ELU(), Add(), Mul(), Flatten()]
    #expect(smooth.filter { $0.hasKinks }.map(\.kind) == [])
  }

  /// Passes forward bring blocks' outputs to legrad, and its map is of gradients all the same.
  @Test func `Gradients at attentions pass kinks`() {
    let methods = CAMMethods.all.filter { $0.needs.contains(.attention) }
    let jumping = methods.filter { $0.acrossProcessors(hasKinks: true) == .jumping }.map(\.name)
    #expect(jumping == ["gradrollout", "chefer", "legrad"])
    #expect(methods.allSatisfy { $0.acrossProcessors(hasKinks: false) == .steady })
  }
}
