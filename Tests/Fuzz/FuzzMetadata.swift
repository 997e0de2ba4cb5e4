import ModelFormats

@testable import GradCAMCore

/// What a model file says beside its tensors, a key and its value a line, of a file with a small graph.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
  var strings: [String: String] = [:]
  for line in text.split(separator: "\n") {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    strings[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
  }
  if let metadata = try? ModelMetadata(strings), let written = try? metadata.strings() {
    let again = try? ModelMetadata(written)
    precondition(again.flatMap { try? $0.strings() } == written, "metadata that change when they are read again")
  }
  strings["gradcam.format"] = "1"
  strings["gradcam.graph"] = strings["gradcam.graph"] ?? graph
  let weights = FileBytes(copying: [UInt8](repeating: 0x3c, count: 4 * 81))
  let tensor: SafetensorsWriter.Tensor = ("w", .float32, [3, 3, 3, 3], weights.bytes)
  let file = try? SafetensorsWriter.encode(tensors: [tensor], metadata: strings)
  withExtendedLifetime(weights) {}
  guard let file else { return 0 }
  keep(file)
  if let model = try? Model.load(FileBytes(copying: file)) { exercise(model) }
  return 0
}

/// A convolution, pooled.
private let graph = """
  {"inputs":[{"name":"x","type":"F32"}],"outputs":["y"],"weights":["w"],"nodes":[\
  {"name":"/conv/Conv","domain":"","op":"Conv","opset":18,"inputs":["x","w"],"outputs":["c"],"attributes":{},"metadata":{}},\
  {"name":"/p/P","domain":"","op":"GlobalAveragePool","opset":18,"inputs":["c"],"outputs":["p"],"attributes":{},"metadata":{}},\
  {"name":"/Flatten","domain":"","op":"Flatten","opset":18,"inputs":["p"],"outputs":["y"],"attributes":{},"metadata":{}}]}
  """
