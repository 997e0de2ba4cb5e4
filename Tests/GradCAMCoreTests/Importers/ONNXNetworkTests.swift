import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Small awkward networks from both of PyTorch's exporters, against PyTorch's numbers
/// (`Scripts/make_fixtures networks`).
@Suite struct ONNXNetworkTests {
  static let names = ["shuffle", "squeeze", "dense", "patches", "branches", "enlarged"].flatMap {
    ["\($0)-old", "\($0)-current"]
  }

  private static func load(_ name: String) throws -> Model {
    var overrides = Model.Overrides()
    overrides.inputShape = (3, 24, 20)
    overrides.preprocessing = "unit"
    return try Model.load(Fixture.folder.appending(FilePath("networks/\(name).onnx")), overrides)
  }

  /// The output, and what hooks see at a layer for the third class of every image.
  private static func run(
    _ model: Model, _ input: Tensor, layer: String
  ) throws -> (output: Tensor, activations: Tensor?, gradients: Tensor?) {
    let session = Session(model.graph)
    var seen: (activations: Tensor?, gradients: Tensor?)
    _ = try session.registerForwardHook(layer) { _, _, output in
      seen.activations = output
      return nil
    }
    _ = try session.registerFullBackwardHook(layer) { _, _, gradients in
      seen.gradients = gradients[0]
      return nil
    }
    let output = try session.forward(input).output
    let classes = output.shape[1]
    try session.backward(Tensor((0..<output.count).map { $0 % classes == 2 ? 1 : 0 }, output.shape))
    return (output, seen.activations, seen.gradients)
  }

  @Test(arguments: names) func `Agrees with PyTorch at the default layer`(_ name: String) throws {
    let model = try Self.load(name)
    let expected = try Fixture("networks/\(name.prefix { $0 != "-" })")
    // One by one: what the current exporter made of `patches` takes no batch.
    for image in 0..<2 {
      let found = try Self.run(model, try expected.tensor("input").image(image), layer: model.defaultLayer)
      let pairs = [("output", found.output), ("activations", found.activations), ("gradients", found.gradients)]
      for (what, tensor) in pairs {
        expectClose(try #require(tensor), try expected.tensor(what).image(image), "\(what) of \(name)")
      }
    }
  }

  @Test(arguments: names.filter { $0 != "patches-current" })
  func `Takes batches whatever the exporter said`(_ name: String) throws {
    let model = try Self.load(name)
    let expected = try Fixture("networks/\(name.prefix { $0 != "-" })")
    let output = try Session(model.graph).forward(try expected.tensor("input")).output
    expectClose(output, try expected.tensor("output"), "output of \(name)")
  }

  @Test func `Refuses a batch that the exporter folded away`() throws {
    let model = try Self.load("patches-current")
    let error = #expect(throws: InputError.self) {
      try Session(model.graph).forward(Tensor(repeating: 0.5, Shape(2, 3, 24, 20)))
    }
    #expect("\(try #require(error))".contains("it was exported for one image (one at a time)"))
  }

  /// A channel that is 0 everywhere, whose standard deviation PyTorch gives the gradient 0; ties and values at bounds behind a
  /// ReLU6, whose gradients the current exporter's metadata tell.
  static let weighed = ["recalibrated-old", "recalibrated-current", "attentive-current"]

  @Test(arguments: weighed) func `Has PyTorch's gradients at ties, bounds and roots of 0`(_ name: String) throws {
    let model = try Self.load(name)
    let expected = try Fixture("networks/\(name.prefix { $0 != "-" })")
    for image in 0..<2 {
      let input = try expected.tensor("input").image(image)
      let found = try Self.run(model, input, layer: model.graph.trunk)
      let pairs = [("output", found.output), ("activations", found.activations), ("gradients", found.gradients)]
      for (what, tensor) in pairs {
        expectClose(try #require(tensor), try expected.tensor(what).image(image), "\(what) of \(name)")
      }
    }
  }

  @Test func `Keeps what the exporter says of ties and bounds`() throws {
    let (model, input) = (
      try Self.load("attentive-current"), try Fixture("networks/attentive").tensor("input").image(0)
    )
    let path = FilePath("/tmp/gradcam-attentive-\(UInt32.random(in: 0 ... .max)).bin")
    try model.write(to: path)
    defer { path.withCString { _ = unlink($0) } }
    let converted = try Model.load(path)
    let before = try Self.run(model, input, layer: model.graph.trunk)
    let after = try Self.run(converted, input, layer: converted.graph.trunk)
    expectSameBytes(try #require(after.gradients), try #require(before.gradients))
    // The older exporter's file does not say it: ties are shared.
    let old = try Self.load("attentive-old")
    let shared = try Self.run(old, input, layer: old.graph.trunk)
    expectClose(shared.output, before.output, "output")
    #expect(try #require(shared.gradients).logical() != before.gradients?.logical())
  }

  @Test(arguments: names) func `Changes input gradients with the input`(_ name: String) throws {
    let model = try Self.load(name)
    let session = Session(model.graph)
    var gradient: Tensor?
    _ = try session.registerFullBackwardHook("", needsGradInputs: true) { _, gradInputs, _ in
      gradient = gradInputs[0]
      return nil
    }
    var random = SeededRandom(seed: 4)
    let input = Tensor(random.uniform(3 * 24 * 20), Shape(1, 3, 24, 20))
    let direction = Tensor(random.uniform(3 * 24 * 20), Shape(1, 3, 24, 20))
    func score(_ step: Float) throws -> Float {
      let moved = zip(input.logical(), direction.logical()).map { $0 + step * $1 }
      return try session.forward(Tensor(moved, input.shape)).output.logical()[2]
    }
    let (step, output) = (Float(1e-3), try session.forward(input).output)
    try session.backward(Tensor((0..<output.count).map { $0 == 2 ? 1 : 0 }, output.shape))
    let analytic = zip(try #require(gradient).logical(), direction.logical()).reduce(0) { $0 + $1.0 * $1.1 }
    let numeric = (try score(step) - score(-step)) / (2 * step)
    #expect(abs(analytic - numeric) <= 2e-2 * max(abs(analytic), abs(numeric), 0.1), "\(analytic), not \(numeric)")
  }

  @Test(arguments: names) func `Is the same after convert`(_ name: String) throws {
    let model = try Self.load(name)
    let path = FilePath("/tmp/gradcam-\(name)-\(UInt32.random(in: 0 ... .max)).bin")
    try model.write(to: path)
    defer { path.withCString { _ = unlink($0) } }
    let converted = try Model.load(path)
    #expect(converted.defaultLayer == model.defaultLayer)
    #expect(converted.graph.modulePaths == model.graph.modulePaths)
    #expect(converted.input == model.input)
    let input = try Fixture("networks/\(name.prefix { $0 != "-" })").tensor("input").image(0)
    let (before, after) = (Session(model.graph), Session(converted.graph))
    expectSameBytes(try after.forward(input).output, try before.forward(input).output)
  }

  @Test(arguments: names) func `Finds modules by PyTorch's paths`(_ name: String) throws {
    let model = try Self.load(name)
    // An identity leaves no node behind; everything else is found under the name that PyTorch prints.
    let path = name.hasPrefix("patches") ? "features.depthwise" : "features.trunk"
    let call = try #require(model.graph.lastCall(path), "\(model.graph.modulePaths)")
    if name.hasPrefix("patches") { return }
    #expect(model.graph.lastCall(model.defaultLayer)?.output == call.output, "\(model.defaultLayer)")
  }
}

extension Graph {
  /// What the networks call their last layer of features: `trunk`, or what is left of it.
  fileprivate var trunk: String { modulePaths.last { $0 == "features.trunk" } ?? "features.trunk.1" }
}

extension Tensor {
  /// One image of a batch.
  fileprivate func image(_ index: Int) -> Tensor {
    let size = count / shape[0]
    return Tensor(
      Array(logical()[index * size..<(index + 1) * size]), Shape([1] + Array(shape.dimensions.dropFirst())))
  }
}
