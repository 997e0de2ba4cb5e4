import GradCAMCore
import ModelFormats

/// ONNX graphs whose operators, attributes and constants the bytes choose: well-formed files with absurd contents, loaded and run.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var choices = Choices(bytes: Array(UnsafeBufferPointer(start: data, count: count)))
  let model = GraphWriter.model(&choices)
  keep(model.bytes)
  if let model = try? Model.load(FileBytes(copying: model.bytes)) { exercise(model) }
  return 0
}
