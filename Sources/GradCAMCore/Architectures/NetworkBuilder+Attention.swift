// What transformers are made of. Values are tokens, N × tokens × features, whatever axes PyTorch's code gives them meanwhile.

extension NetworkBuilder {
  /// `LayerNorm` over the last axis.
  func layerNorm(_ name: String, _ x: Value, _ width: Int, eps: Double) -> Value {
    let path = path(of: name)
    let norm = LayerNorm(
      weight: parameters.tensor("\(path).weight", width), bias: parameters.tensor("\(path).bias", width), eps: eps)
    return add(norm, x, as: name)
  }

  /// `Linear` of any number of tokens.
  ///
  /// - Parameter stored: its weight and its bias in the state dict, where they have other names; a nil bias is none.
  func tokenLinear(
    _ name: String?, _ x: Value, _ input: Int, _ output: Int, stored: (weight: String, bias: String?)
  ) -> Value {
    let linear = Linear(
      weight: parameters.tensor(path(of: stored.weight), output, input),
      bias: stored.bias.map { parameters.tensor(path(of: $0), output) })
    return name.map { add(linear, x, as: $0) } ?? function(linear, x)
  }

  func tokenLinear(_ name: String, _ x: Value, _ input: Int, _ output: Int, bias: Bool = true) -> Value {
    tokenLinear(name, x, input, output, stored: ("\(name).weight", bias ? "\(name).bias" : nil))
  }

  /// An operation whose second input is a constant.
  ///
  /// - Parameter trained: how many of its numbers are parameters.
  func function(_ operation: any Operation, _ x: Value, with constant: Tensor, trained: Int = 0) -> Value {
    function(BoundOperation(operation, constants: [1: constant], count: 2, trainedCount: trained), x)
  }

  /// What `body` adds, inside the module `name`, or inside none.
  func group(_ name: String?, kind: String, _ x: Value, _ body: (Value) -> Value) -> Value {
    name.map { module($0, kind: kind, x, body) } ?? body(x)
  }

  /// A feature map's places as tokens, row by row.
  func tokens(_ map: Value) -> Value {
    function(Transpose([0, 2, 1]), function(Flatten(start: 2), map))
  }

  /// Special tokens before those of the picture, and an embedding of their positions added.
  ///
  /// A sum does both: there are as many zeros before the picture's tokens as there are special ones.
  ///
  /// - Parameters:
  ///   - special: full names of tensors, 1 × count × width.
  ///   - position: the full name of a tensor, 1 × tokens × width.
  ///   - coversSpecial: whether that has positions for the special tokens.
  func embedded(
    _ patches: Value, count: Int, special: [(name: String, count: Int)], position: String, coversSpecial: Bool,
    width: Int
  ) -> Value {
    let before = special.reduce(0) { $0 + $1.count }
    let tokens = special.map { parameters.numbers($0.name, [1, $0.count, width]) }
    let positions = parameters.numbers(position, [1, count + (coversSpecial ? before : 0), width])
    var x = patches
    if before > 0 { x = function(Pad(axes: [1], before: [before], after: [0], mode: .constant(0)), x) }
    // Where one is missing the network will not run.
    guard let positions, !tokens.contains(nil) else { return function(Add(), x, with: Tensor(repeating: 0, Shape(1))) }
    var sum = tokens.flatMap { $0 ?? [] }
    if coversSpecial { for index in sum.indices { sum[index] += positions[index] } }
    sum += positions[(coversSpecial ? before * width : 0)...]
    let trained = before * width + positions.count
    return function(Add(), x, with: Tensor(sum, Shape(1, before + count, width)), trained: trained)
  }

  /// One of the tokens.
  func token(_ index: Int, _ x: Value) -> Value { function(Gather(axis: 1, indices: [index], shape: Shape([])), x) }

  /// The mean of all tokens from `start` on.
  func meanToken(_ x: Value, from start: Int = 0) -> Value {
    let picture = start == 0 ? x : function(Slice([Slice.Range(axis: 1, start: start)]), x)
    return function(ReduceMean(reduced: ReducedAxes([1], keepsDimensions: false)), picture)
  }
}
