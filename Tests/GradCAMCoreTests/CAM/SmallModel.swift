import ModelFormats
import TestSupport

@testable import GradCAMCore

/// A network that every method can explain: conv1, relu1, conv2 (of one position), relu2, pooling, linear, softmax; with weights as a
/// test wants them.
struct SmallModel {
  var conv1 = Networks.values(Shape(6, 3, 3, 3), seed: 1).logical()
  var bias1 = Networks.values(Shape(6), seed: 2).logical()
  var conv2 = Networks.values(Shape(5, 6, 1, 1), seed: 3).logical()
  var bias2 = Networks.values(Shape(5), seed: 4).logical()
  var linear = Networks.values(Shape(3, 5), seed: 5).logical()
  var bias: [Float] = [0.3, 0.1, -0.2]

  /// The network with an input of 3 × 20 × 28 random numbers, asked about class 0.
  func network() throws -> MethodModel {
    let builder = GraphBuilder(kind: "Small")
    let conv = Conv2d(weight: Tensor(conv1, Shape(6, 3, 3, 3)), bias: Tensor(bias1, Shape(6)), padding: Padding(1))
    let point = Conv2d(weight: Tensor(conv2, Shape(5, 6, 1, 1)), bias: Tensor(bias2, Shape(5)))
    var x = builder.add(ReLU(), builder.add(conv, builder.input, as: "conv1"), as: "relu1")
    x = builder.add(ReLU(), builder.add(point, x, as: "conv2"), as: "relu2")
    x = builder.function(Flatten(), builder.add(AdaptiveAvgPool2d(), x, as: "pool"))
    x = builder.add(Linear(weight: Tensor(linear, Shape(3, 5)), bias: Tensor(bias, Shape(3))), x, as: "linear")
    let graph = builder.graph(output: builder.add(Softmax(), x, as: "softmax"))
    let like = try MethodModel("cifar").model
    let model = Model(
      graph: graph, format: "", architecture: like.architecture, input: like.input, preprocessing: like.preprocessing,
      labels: [], defaultLayer: "relu2", defaultLayerReason: "", assumptions: [],
      activation: ScoreActivation(kind: .softmax, source: .graph), warnings: [], tensors: [],
      records: nil)
    return MethodModel(model, input: Networks.values(Shape(1, 3, 20, 28), seed: 6), target: 0)
  }
}

extension MethodModel {
  /// The map of one method: at the layers that it wants, with few samples.
  func explain(
    _ method: any CAMMethod, layer: String, before: String, threads: Int = 2,
    _ change: (inout Explainer.Options) -> Void = { _ in }
  ) throws -> ExplanationMap {
    let layers = method.fusion == nil ? [layer] : [before, layer]
    return try explain([method.name], layers: layers, threads: threads) { options in
      if !method.needs.isDisjoint(with: [.samples, .steps]) { options.settings.samples = 5 }
      change(&options)
    }[0]
  }
}
