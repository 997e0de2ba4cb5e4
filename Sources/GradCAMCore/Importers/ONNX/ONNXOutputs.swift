import ModelFormats

/// Which of several outputs is explained where nobody says it: the one that looks most like scores of classes.
///
/// Names, the operators that make them and the shapes that the file gives tell it. Among equals it is the first.
struct ONNXOutputs {
  /// An output and how much it looks like scores.
  private struct Candidate {
    let name: String
    let likeness: Int
  }

  /// Parts of names that networks give scores, and that they give something else.
  private static let names: (scores: [String], probably: [String], others: [String]) = (
    ["logit", "prob", "score", "softmax", "sigmoid", "pred", "class", "cls"], ["output", "out", "head", "fc", "dense"],
    [
      "feat", "embed", "hidden", "pool", "attention", "attn", "mask", "box", "aux", "landmark", "token", "map", "cam",
      "latent", "recon", "index", "indices", "label", "top",
    ]
  )
  private static let activations: Set<String> = ["Softmax", "LogSoftmax", "Sigmoid"]
  private static let scoring = activations.union(["Gemm", "MatMul"])
  private static let notScoring: Set<String> = [
    "GlobalAveragePool", "ReduceMean", "Relu", "Tanh", "BatchNormalization", "LayerNormalization", "MaxPool",
    "AveragePool", "GlobalMaxPool", "NonZero", "NonMaxSuppression", "Conv", "Resize", "Shape",
  ]

  private let graph: ONNXGraph
  private let candidates: [Candidate]
  /// What each output was before it was moved or cast.
  private let origins: [String: String]

  init(_ model: ONNXModel) {
    let graph = model.graph
    self.graph = graph
    let producers = graph.producers
    var known: [String: String] = [:]
    var origins: [String: String] = [:]
    // What another output makes shares of is scores, whatever made it.
    var activated: Set<String> = []
    for output in graph.outputs where origins[output.name] == nil {
      let origin = graph.unmoved(output.name, producers, &known)
      origins[output.name] = origin
      guard let node = producers[origin].map({ graph.nodes[$0] }), Self.activations.contains(node.opType),
        let input = node.inputs.first
      else { continue }
      activated.insert(graph.unmoved(input, producers, &known))
    }
    var (found, seen) = ([Candidate](), Set<String>())
    for output in graph.outputs where seen.insert(output.name).inserted {
      let origin = origins[output.name] ?? output.name
      let operation = activated.contains(origin) ? "Softmax" : Self.operation(origin, graph, producers)
      found.append(Candidate(name: output.name, likeness: Self.likeness(output, operation)))
    }
    self.origins = origins
    candidates = found.enumerated().sorted { ($1.element.likeness, $0.offset) < ($0.element.likeness, $1.offset) }
      .map(\.element)
  }

  /// The operator that makes a value; a product where a bias stands behind one.
  private static func operation(_ name: String, _ graph: ONNXGraph, _ producers: [String: Int]) -> String {
    guard let node = producers[name].map({ graph.nodes[$0] }) else { return "" }
    if node.opType != "Add" { return node.opType }
    let summands = node.inputs.compactMap { producers[$0].map { graph.nodes[$0].opType } }
    return summands.contains("MatMul") ? "MatMul" : "Add"
  }

  private static func likeness(_ output: ONNXValueInfo, _ operation: String) -> Int {
    var points = 0
    // A name out of a file may be of any length.
    let name = String(decoding: output.name.utf8.suffix(200), as: UTF8.self).lowercased()
    if names.scores.contains(where: name.contains) {
      points += 4
    } else if names.probably.contains(where: name.contains) {
      points += 2
    }
    if names.others.contains(where: name.contains) { points -= 6 }
    if scoring.contains(operation) { points += 2 }
    if notScoring.contains(operation) { points -= 2 }
    // Class numbers, strings and tables of them: their scores stand before them.
    let isWhole = output.elementType.map { ![.float32, .float16, .bfloat16, .float64].contains($0) } ?? false
    if output.isForeign || isWhole || ["ArgMax", "TopK", "ZipMap"].contains(operation) { points -= 20 }
    guard let dimensions = output.dimensions else { return points }
    let axes = dimensions.dropFirst().count { $0 != .fixed(1) }
    return points + (dimensions.count >= 2 && axes > 1 ? -12 : dimensions.count == 2 ? 1 : 0)
  }

  /// The result of the output that looks most like scores and is a list of them.
  ///
  /// - Parameter load: what loads an output.
  /// - Throws: what keeps the likeliest output from being loaded, or that none is a list.
  func best(
    _ load: (String) throws(InputError) -> ONNXImporter.Result
  ) throws(InputError) -> ONNXImporter.Result {
    guard let first = candidates.first else { throw InputError("", "has no output") }
    if candidates.count == 1 { return try load(first.name) }
    var failure: InputError?
    var shapes: [String] = []
    // Outputs that nobody needs may be many.
    for candidate in candidates.prefix(16) {
      do throws(InputError) {
        var result = try load(candidate.name)
        let shape = try result.outputShape()
        if shape.scoreCount == nil {
          shapes.append("\(candidate.name.brief(24)) \(shape)")
          continue
        }
        result.notes += note(on: candidate)
        return result
      } catch {
        failure = failure ?? error
        // What is plainly the scores is not passed over for something that is plainly not.
        if candidate.likeness > 0 { throw error }
      }
    }
    if let failure { throw failure }
    throw InputError(
      "", "has no output that is a list of classes: its outputs are \(shapes.prefix(4).joined(separator: ", "))",
      remedy: "an export of the classifier's scores")
  }

  /// What is said of a choice that nobody made.
  private func note(on chosen: Candidate) -> [Message] {
    let isFirst = chosen.name == graph.outputs.first?.name
    let producers = graph.producers
    var known: [String: String] = [:]
    let scores = beforeActivation(chosen.name, producers, &known)
    let rivals = candidates.filter {
      $0.name != chosen.name && $0.likeness == chosen.likeness && beforeActivation($0.name, producers, &known) != scores
    }
    if isFirst && rivals.isEmpty { return [] }
    let (name, all) = (chosen.name.brief(60), ONNXImporter.list(graph.outputs.map(\.name)))
    return ["explains the output \(name) of \(all) (\(.outputName) chooses another)"]
  }

  /// What an output was before it was moved, cast or put through an activation: two that agree in it are the same scores.
  private func beforeActivation(
    _ name: String, _ producers: [String: Int], _ known: inout [String: String]
  ) -> String {
    let origin = origins[name] ?? name
    guard let node = producers[origin].map({ graph.nodes[$0] }),
      Self.activations.contains(node.opType), let input = node.inputs.first
    else { return origin }
    return graph.unmoved(input, producers, &known)
  }
}

extension ONNXImporter.Result {
  /// The output's shape for one image.
  fileprivate func outputShape() throws(InputError) -> Shape {
    let shapes = try graph.shapes(for: Shape(1, input.channels, input.height, input.width))
    return shapes[graph.output] ?? Shape()
  }
}
