extension ONNXNode {
  /// The PyTorch operator that the node was exported from, with its overload, such as `aten.max.dim`; nil where the file does not say.
  ///
  /// PyTorch's current exporter writes the call into the metadata:
  /// `%max_1 : [num_users=1] = call_function[target=torch.ops.aten.max.dim](args = (%relu, 1), kwargs = {})`.
  package var torchOperator: String? {
    guard let call = metadata["pkg.torch.onnx.fx_node"], call.utf8.count < 1 << 16,
      let start = call.firstRange(of: "[target=torch.ops.")?.upperBound,
      let end = call[start...].firstIndex(of: "]")
    else { return nil }
    return String(call[start..<end])
  }
}
