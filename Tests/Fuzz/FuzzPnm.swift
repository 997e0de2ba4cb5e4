import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = input(data, count)
  _ = try? ImageDecoder.decode(file, options: .init(maxPixels: 1 << 20))
  // No limit: what a header claims must not be believed before the file holds it.
  if ImageFormat(file.bytes) == .pnm { _ = try? ImageDecoder.decode(file, options: .init(maxPixels: .max)) }
  return 0
}
