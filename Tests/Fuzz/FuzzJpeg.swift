import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = try? ImageDecoder.decode(input(data, count), options: .init(maxPixels: 1 << 20))
  return 0
}
