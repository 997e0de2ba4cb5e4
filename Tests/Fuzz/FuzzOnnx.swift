import ModelFormats

/// Protobuf and ONNX's messages, without the import into a graph.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let model = try? ONNXModel(input(data, count), folder: nil) else { return 0 }
  precondition(model.graph.modulePaths().count == model.graph.nodes.count)
  for tensor in model.graph.initializers where tensor.elementCount <= 1 << 20 {
    precondition(tensor.floats().count == tensor.elementCount)
  }
  if let (json, tensors) = try? model.graphJSON() {
    _ = try? ONNXModel(json: json, tensors: tensors)
  }
  return 0
}
