import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let file = try? SafetensorsFile(input(data, count)) else { return 0 }
  for tensor in file.tensors { precondition(tensor.floats().count == tensor.elementCount) }
  return 0
}
