import ModelFormats

/// Zip archives and bare pickles.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let file = try? TorchCheckpoint(input(data, count)) else { return 0 }
  for tensor in file.tensors where tensor.elementCount <= 1 << 20 {
    precondition(tensor.floats().count == tensor.elementCount)
  }
  return 0
}
