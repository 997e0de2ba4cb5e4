import TestSupport
import Testing

@testable import GradCAMCore

/// Operations against PyTorch, where the definition leaves doubts: NaN, ties, ceil mode, what counts as padding.
@Suite struct OperationFixtureTests {
  static let names = [
    "relu", "relu6", "leakyrelu", "sigmoid", "softmax.large", "softmax.nan", "softmax.rows", "maxpool.ties",
    "maxpool.nan",
    "maxpool.ceil", "maxpool.dropped", "maxpool.dilation", "avgpool.counts", "avgpool.ignores", "avgpool.ceil.counts",
    "avgpool.ceil.ignores", "adaptive.uneven", "adaptive.enlarging", "batchnorm", "conv.groups", "conv.depthwise",
    "linear", "flatten",
  ]

  @Test(arguments: names) func `Computes what PyTorch does`(_ name: String) throws {
    let fixture = try Fixture("operations/semantics")
    let context = ExecutionContext(threads: 1)
    let operation = try operation(name, fixture)
    let input = try fixture.tensor("\(name).input")
    let expected = try fixture.tensor("\(name).output")
    #expect(try operation.outputShape(of: [input.shape]) == expected.shape)
    expectClose(operation.forward([input], context), expected, tolerance: 1e-6, "\(name).output")
    let gradients = operation.gradients([input], try fixture.tensor("\(name).outputGradient"), context)
    let expectedGradient = try fixture.tensor("\(name).gradient")
    expectClose(try #require(gradients[0]), expectedGradient, tolerance: 2e-6, "\(name).gradient")
  }

  @Test func `Leaves no fixture out`() throws {
    let inFile = try Fixture("operations/semantics").names.filter { $0.hasSuffix(".input") }.map { $0.dropLast(6) }
    #expect(Set(inFile.map(String.init)) == Set(Self.names))
  }

  private func operation(_ name: String, _ fixture: Fixture) throws -> any GradCAMCore.Operation {
    switch name {
    case "relu": ReLU()
    case "relu6": Clip.relu6
    case "leakyrelu": LeakyReLU(slope: 0.3)
    case "sigmoid": Sigmoid()
    case "softmax.large", "softmax.nan": Softmax(axis: 1)
    case "softmax.rows": Softmax(axis: 2)
    case "flatten": Flatten()
    case "adaptive.uneven": AdaptiveAvgPool2d((3, 4))
    case "adaptive.enlarging": AdaptiveAvgPool2d((5, 3))
    case _ where name.hasPrefix("maxpool"): try #require(Self.maxPools[name])
    case _ where name.hasPrefix("avgpool"): try #require(Self.averagePools[name])
    default: try weighted(name, fixture)
    }
  }

  private static let maxPools: [String: MaxPool2d] = [
    "maxpool.ties": MaxPool2d(kernel: (3, 3), stride: (2, 2), padding: Padding(1)),
    "maxpool.nan": MaxPool2d(
      kernel: (3, 2), stride: (2, 1), padding: Padding(top: 1, left: 0, bottom: 1, right: 0)),
    "maxpool.ceil": MaxPool2d(kernel: (2, 3), stride: (2, 2), ceilMode: true),
    "maxpool.dropped": MaxPool2d(kernel: (2, 2), stride: (3, 2), padding: Padding(1), ceilMode: true),
    "maxpool.dilation": MaxPool2d(
      kernel: (2, 3), stride: (1, 2), padding: Padding(1), dilation: (3, 2), ceilMode: true),
  ]

  private static let averagePools: [String: AvgPool2d] = [
    "avgpool.counts": AvgPool2d(kernel: (3, 2), stride: (2, 1), padding: Padding(1)),
    "avgpool.ignores": AvgPool2d(kernel: (3, 2), stride: (2, 1), padding: Padding(1), countIncludePad: false),
    "avgpool.ceil.counts": AvgPool2d(kernel: (3, 3), stride: (2, 3), padding: Padding(1), ceilMode: true),
    "avgpool.ceil.ignores": AvgPool2d(
      kernel: (3, 3), stride: (2, 3), padding: Padding(1), ceilMode: true, countIncludePad: false),
  ]

  private func weighted(_ name: String, _ fixture: Fixture) throws -> any GradCAMCore.Operation {
    let weight = try fixture.tensor("\(name).weight")
    switch name {
    case "batchnorm":
      let values = { (part: String) in try fixture.tensor("\(name).\(part)").logical() }
      return BatchNorm2d(
        weight: weight.logical(), bias: try values("bias"), runningMean: try values("running_mean"),
        runningVar: try values("running_var"), eps: 1e-3)
    case "conv.groups":
      return Conv2d(
        weight: weight, bias: try fixture.tensor("\(name).bias"), stride: (2, 1),
        padding: Padding(top: 1, left: 2, bottom: 1, right: 2), dilation: (1, 2), groups: 2)
    case "conv.depthwise": return Conv2d(weight: weight, stride: (2, 2), padding: Padding(1), groups: 3)
    default: return Linear(weight: weight, bias: try fixture.tensor("\(name).bias"))
    }
  }
}
