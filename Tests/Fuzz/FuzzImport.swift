import GradCAMCore
import ModelFormats

/// A model file of any kind, loaded and run.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  if let model = try? Model.load(input(data, count)) { exercise(model) }
  return 0
}
