/// A transformer's block: an attention and a perceptron, each behind a norm and beside a shortcut (Vaswani et al., "Attention Is All You
/// Need", 2017, in the order of Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020).
///
/// Values are N × tokens × features. Tokens stand in windows one behind the other, and attend to those of their own window alone.
struct TransformerBlock {
  /// What a library calls its parts, each inside the module that it lies in.
  struct Names: Sendable {
    /// How queries, keys and values are made: by one matrix, or by three.
    enum Projections: Sendable {
      /// - Parameter module: nil where it is a function of PyTorch's.
      case fused(module: String?, weight: String, bias: String)
      case separate(query: String, key: String, value: String)
    }

    var norms: (attention: String, perceptron: String)
    var attention: String
    var projections: Projections
    var projection: String
    /// The perceptron's module; nil where its parts lie in the block itself.
    var perceptron: String?
    var layers: (hidden: String, activation: String, output: String)

    /// torchvision's `EncoderBlock`.
    static let torchvision = Names(
      norms: ("ln_1", "ln_2"), attention: "self_attention",
      projections: .fused(module: nil, weight: "in_proj_weight", bias: "in_proj_bias"), projection: "out_proj",
      perceptron: "mlp", layers: ("0", "1", "3"))
    /// The same before torchvision 0.13, whose files today's still reads.
    static let oldTorchvision = Names(
      norms: ("ln_1", "ln_2"), attention: "self_attention", projections: torchvision.projections,
      projection: "out_proj", perceptron: "mlp", layers: ("linear_1", "act", "linear_2"))
    /// torchvision's `SwinTransformerBlock`.
    static let torchvisionWindows = Names(
      norms: ("norm1", "norm2"), attention: "attn", projections: timm.projections, projection: "proj",
      perceptron: "mlp", layers: ("0", "1", "3"))
    static let timm = Names(
      norms: ("norm1", "norm2"), attention: "attn",
      projections: .fused(module: "qkv", weight: "qkv.weight", bias: "qkv.bias"), projection: "proj",
      perceptron: "mlp", layers: ("fc1", "act", "fc2"))
    /// Hugging Face's from transformers 5 on, as long as a model is in memory: its files keep the names below.
    static let newHuggingFace = Names(
      norms: ("layernorm_before", "layernorm_after"), attention: "attention",
      projections: .separate(query: "q_proj", key: "k_proj", value: "v_proj"), projection: "o_proj",
      perceptron: "mlp", layers: ("fc1", "activation_fn", "fc2"))

    /// Hugging Face's.
    ///
    /// - Parameter core: the module inside the attention: `attention`, Swin's `self`.
    static func huggingFace(_ core: String) -> Names {
      Names(
        norms: ("layernorm_before", "layernorm_after"), attention: "attention",
        projections: .separate(query: "\(core).query", key: "\(core).key", value: "\(core).value"),
        projection: "output.dense", perceptron: nil,
        layers: ("intermediate.dense", "intermediate.intermediate_act_fn", "output.dense"))
    }
  }

  var names: Names
  var width: Int
  var heads: Int
  /// Features between the perceptron's matrices.
  var hidden: Int
  var eps: Double
  /// Windows, and tokens in each.
  var windows = 1
  var tokens: Int
  /// Whether queries, keys and values have biases.
  var hasBias = true
  /// Whether each branch ends in timm's `LayerScale`.
  var isScaled = false
  /// Added to what queries and keys make, 1 × 1 × heads × tokens × tokens: trained, as many numbers as are told.
  var bias: (values: Tensor, trained: Int)?
  /// Added after that, 1 × windows × 1 × tokens × tokens.
  var mask: Tensor?
  /// Puts tokens into windows, and back.
  var arrange: (NetworkBuilder, Value) -> Value = { $1 }
  var restore: (NetworkBuilder, Value) -> Value = { $1 }

  func build(_ network: NetworkBuilder, _ x: Value) -> Value {
    var y = arrange(network, network.layerNorm(names.norms.attention, x, width, eps: eps))
    y = network.module(names.attention, kind: "Attention", y) { attention(network, $0) }
    let x = network.function(Add(), x, scaled(network, restore(network, y), as: "ls1"))
    y = network.layerNorm(names.norms.perceptron, x, width, eps: eps)
    y = network.group(names.perceptron, kind: "Mlp", y) { y in
      let y = network.tokenLinear(names.layers.hidden, y, width, hidden)
      return network.tokenLinear(
        names.layers.output, network.add(GELU(), y, as: names.layers.activation), hidden, width)
    }
    return network.function(Add(), x, scaled(network, y, as: "ls2"))
  }

  private func scaled(_ network: NetworkBuilder, _ x: Value, as name: String) -> Value {
    guard isScaled else { return x }
    let factors = network.parameters.tensor("\(network.path(of: name)).gamma", width)
    return network.add(
      BoundOperation(Mul(), constants: [1: factors], count: 2, trainedCount: width), x, as: name)
  }

  private func attention(_ network: NetworkBuilder, _ x: Value) -> Value {
    let (queries, keys, values) = projected(network, x)
    let size = width / heads
    // Of five axes, which are stored as they are listed: images, windows, tokens, heads, features.
    func split(_ x: Value, _ order: [Int]) -> Value {
      network.function(Transpose(order), network.function(Reshape([-1, windows, tokens, heads, size]), x))
    }
    let scale = Tensor(repeating: Float(1 / Double(size).squareRoot()), Shape(1))
    let scaled = network.function(Mul(), split(queries, [0, 1, 3, 2, 4]), with: scale)
    var weights = network.function(MatMul(), scaled, split(keys, [0, 1, 3, 4, 2]))
    if let bias { weights = network.function(Add(), weights, with: bias.values, trained: bias.trained) }
    if let mask { weights = network.function(Add(), weights, with: mask) }
    weights = network.function(Softmax(axis: 4), weights)
    let mixed = network.function(MatMul(), weights, split(values, [0, 1, 3, 2, 4]))
    let joined = network.function(Transpose([0, 1, 3, 2, 4]), mixed)
    return network.tokenLinear(
      names.projection, network.function(Reshape([-1, windows * tokens, width]), joined), width, width)
  }

  private func projected(_ network: NetworkBuilder, _ x: Value) -> (queries: Value, keys: Value, values: Value) {
    switch names.projections {
    case .fused(let module, let weight, let bias):
      let all = network.tokenLinear(module, x, width, 3 * width, stored: (weight, hasBias ? bias : nil))
      func part(_ index: Int) -> Value {
        network.function(Slice([Slice.Range(axis: 2, start: index * width, end: (index + 1) * width)]), all)
      }
      return (part(0), part(1), part(2))
    case .separate(let query, let key, let value):
      func part(_ name: String) -> Value { network.tokenLinear(name, x, width, width, bias: hasBias) }
      return (part(query), part(key), part(value))
    }
  }
}
