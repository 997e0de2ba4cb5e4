import TestSupport
import Testing

@testable import GradCAMCore

/// Activations, arithmetic, norms and reductions against PyTorch, where definitions leave doubts: NaN and infinities, kinks, ties,
/// zeros, broadcasting of mixed ranks.
@Suite struct PointwiseFixtureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: any GradCAMCore.Operation
    var testDescription: String { name }

    init(_ name: String, _ operation: any GradCAMCore.Operation) { (self.name, self.operation) = (name, operation) }
  }

  static let cases = activations + arithmetic + reductions + norms

  @Test(arguments: cases) func `Computes what PyTorch does`(_ test: Case) throws {
    let fixture = try Fixture("operations/pointwise")
    let context = ExecutionContext(threads: 1)
    var inputs: [Tensor] = []
    while fixture.names.contains("\(test.name).input\(inputs.count)") {
      inputs.append(try fixture.tensor("\(test.name).input\(inputs.count)"))
    }
    let expected = try fixture.tensor("\(test.name).output")
    #expect(try test.operation.outputShape(of: inputs.map(\.shape)) == expected.shape)
    expectClose(test.operation.forward(inputs, context), expected, tolerance: 2e-6, "\(test.name).output")
    let gradients = test.operation.gradients(inputs, try fixture.tensor("\(test.name).outputGradient"), context)
    for index in inputs.indices {
      let gradient = try fixture.tensor("\(test.name).gradient\(index)")
      expectClose(try #require(gradients[index]), gradient, tolerance: 4e-6, "\(test.name).gradient\(index)")
    }
  }

  @Test func `Chooses what PyTorch does`() throws {
    let fixture = try Fixture("operations/pointwise")
    let context = ExecutionContext(threads: 1)
    let condition = try fixture.tensor("where.condition")
    let inputs = [condition, try fixture.tensor("where.input0"), try fixture.tensor("where.input1")]
    expectSameBytes(Where().forward(inputs, context), try fixture.tensor("where.output"))
    let gradients = Where().gradients(inputs, try fixture.tensor("where.outputGradient"), context)
    expectClose(try #require(gradients[1]), try fixture.tensor("where.gradient0"), tolerance: 1e-6)
    expectClose(try #require(gradients[2]), try fixture.tensor("where.gradient1"), tolerance: 1e-6)
  }

  @Test func `Leaves no fixture out`() throws {
    let inFile = try Fixture("operations/pointwise").names.filter { $0.hasSuffix(".output") }.map { $0.dropLast(7) }
    #expect(Set(inFile.map(String.init)) == Set(Self.cases.map(\.name) + ["where"]))
  }

  private static let activations = [
    Case("elu", ELU(alpha: 0.7)), Case("selu", SELU()), Case("celu", CELU(alpha: 0.6)), Case("relu6", Clip.relu6),
    Case("hardtanh", Clip(min: -1, max: 3)), Case("clamp", Clip.clamp(min: -1, max: 3)),
    Case("clamp.min", Clip.clamp(min: 0.3)), Case("clamp.max", Clip.clamp(max: 1)), Case("hardsigmoid", HardSigmoid()),
    Case("hardswish", HardSwish()),
    Case("silu", SiLU()), Case("mish", Mish()), Case("softplus", Softplus()),
    Case("softplus.steep", Softplus(beta: 3, threshold: 2)), Case("softsign", Softsign()), Case("tanh", Tanh()),
    Case("erf", Erf()), Case("gelu", GELU()), Case("gelu.tanh", GELU(approximate: .tanh)),
    Case("threshold", Threshold(threshold: 1)), Case("prelu", PReLU(slope: Tensor([0.3, -0.2, 1.5], Shape(3, 1, 1)))),
    Case("logsoftmax.large", LogSoftmax()), Case("logsoftmax.rows", LogSoftmax(axis: 2)), Case("abs", Abs()),
    Case("sqrt", Sqrt()), Case("log", Log()), Case("exp", Exp()), Case("reciprocal", Reciprocal()),
    Case("round", Round()), Case("floor", Floor()), Case("ceil", Ceil()), Case("sign", Sign()),
  ]

  private static let arithmetic = [
    Case("mul.gates", Mul()), Case("mul.map", Mul()), Case("mul.rank5", Mul()), Case("add.columns", Add()),
    Case("div.zero", Div()), Case("pow.corners", Pow()), Case("maximum.ties", Max()), Case("minimum.ties", Min()),
    Case("clamp.tensor", Max(ties: .first)),
  ]

  private static let reductions = [
    Case("mean", ReduceMean(reduced: ReducedAxes([2, 3], keepsDimensions: false))),
    Case("amax.ties", ReduceMax(reduced: ReducedAxes([1, 3], keepsDimensions: false))),
    Case("amin.ties", ReduceMin(reduced: ReducedAxes([2, 3]))),
    Case("max.channels", ReduceMax(reduced: ReducedAxes([1], keepsDimensions: false), ties: .first)),
    Case("max.rows", ReduceMax(reduced: ReducedAxes([-2]), ties: .first)),
    Case("min.columns", ReduceMin(reduced: ReducedAxes([3], keepsDimensions: false), ties: .first)),
    Case("max.nan", ReduceMax(reduced: ReducedAxes([1], keepsDimensions: false), ties: .first)),
    Case("norm.zeros", ReduceL2(reduced: ReducedAxes([3], keepsDimensions: false))),
    Case("norm1.zeros", ReduceL1(reduced: ReducedAxes([1], keepsDimensions: false))),
    Case("prod.zeros", ReduceProd(reduced: ReducedAxes([-2, -1], keepsDimensions: false))),
    Case("logsumexp.large", ReduceLogSumExp(reduced: ReducedAxes([1], keepsDimensions: false))),
    Case("normalize.zeros", LpNormalization(axis: 3)),
  ]

  private static let norms: [Case] = {
    let (weight, bias): ([Float], [Float]) = ([0.5, -1, 2, 0.1], [0.2, 0, -1, 3])
    return [
      Case("instancenorm", InstanceNorm2d(weight: weight, bias: bias, eps: 1e-3)),
      Case("groupnorm", GroupNorm(groups: 2, weight: weight, bias: bias, eps: 1e-3)),
      Case("groupnorm.rank3", GroupNorm(groups: 2, weight: weight, bias: bias, eps: 1e-3)),
      Case("layernorm", LayerNorm(weight: Tensor(weight, Shape(4)), bias: Tensor(bias, Shape(4)), eps: 1e-3)),
      Case("layernorm.channels", LayerNorm(overChannels: weight, bias: bias, eps: 1e-3)),
      Case("lrn", LocalResponseNorm(size: 5, alpha: 0.3, beta: 0.75, bias: 1.5)),
    ]
  }()
}
