import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = input(data, count)
  guard ImageFormat(file.bytes) == .bmp else { return 0 }
  // No limit: what a header claims must not be believed before the file holds it.
  _ = try? ImageDecoder.decode(file, options: .init(maxPixels: .max))
  return 0
}
