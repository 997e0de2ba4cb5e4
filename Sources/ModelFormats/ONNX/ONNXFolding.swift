/// Finds nodes that put out more than the module does whose name they have.
///
/// Exporters and optimisers multiply what follows a convolution or a linear layer, a batch norm as a rule, into its weights. PyTorch's
/// older exporter (`eval_peephole.cpp`) and onnxruntime leave the node the convolution's name; PyTorch's current one
/// (onnxscript's `_fuse_batchnorm.py`) names the node after the batch norm, and leaves the weights the convolution's name.
struct ONNXFolding {
  /// What `Constant` nodes make: weights that the program wrote out itself.
  private let constants: Set<String>
  /// Whether the file has the current exporter's metadata: there a node without any was made by an optimiser.
  private let hasScopes: Bool
  /// Modules that have a node which takes their own weights: others may share these.
  private let owners: Set<String>
  /// What batch norms take that are nodes still.
  private let normalized: Set<String>

  /// - Parameter paths: where each node stands.
  init(_ graph: ONNXGraph, _ paths: [ONNXModulePath?]) {
    let owned = zip(graph.nodes, paths).lazy.filter { node, path in
      node.weightOwner != nil && node.weightOwner == path?.path
    }
    owners = Set(owned.compactMap { $1?.path })
    constants = Set(graph.nodes.lazy.filter { $0.opType == "Constant" }.flatMap(\.outputs))
    normalized = Set(graph.nodes.lazy.filter { $0.opType == "BatchNormalization" }.compactMap(\.inputs.first))
    hasScopes = graph.nodes.contains(where: \.hasScopes)
  }

  /// The module whose own output is lost in that of `node`; nil where the node puts out what its module does.
  ///
  /// - Parameter place: where the file puts the node.
  func vanished(_ node: ONNXNode, at place: ONNXModulePath) -> String? {
    guard ["Conv", "ConvTranspose", "Gemm"].contains(node.opType), node.outputs.allSatisfy({ !normalized.contains($0) })
    else { return nil }
    guard node.hasScopes else {
      return hasScopes || isNamedAfterNorm(node) || hasForeignBias(node, place.path) ? place.path : nil
    }
    if let owner = node.weightOwner, owner != place.path { return owners.contains(owner) ? nil : owner }
    let isFused = node.metadata["pkg.onnxscript.rewriter.rule_name"]?.contains("BatchNorm") ?? false
    return isFused && !place.operation.contains("norm") ? place.path : nil
  }

  /// Whether the node makes what a batch norm made before; the current exporter calls that `getitem`, for the operator makes a tuple.
  private func isNamedAfterNorm(_ node: ONNXNode) -> Bool {
    let output = node.outputs.first?.lowercased() ?? ""
    return output.hasPrefix("getitem") || output.contains("batchnorm") || output.contains("batch_norm")
  }

  /// Whether the node adds a bias that is no parameter of a module, as folding a batch norm makes one.
  private func hasForeignBias(_ node: ONNXNode, _ path: String) -> Bool {
    guard node.inputs.count > 2, case let bias = node.inputs[2], !bias.isEmpty, !constants.contains(bias) else {
      return false
    }
    if bias.contains("Fusion") || bias == "\(node.inputs[1])_bias" { return true }
    let isParameter = bias == "bias" || bias.hasSuffix(".bias") || !path.isEmpty && bias.hasPrefix("\(path).")
    return !isParameter
  }
}
