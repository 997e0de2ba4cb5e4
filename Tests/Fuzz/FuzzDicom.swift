import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = input(data, count)
  guard ImageFormat(file.bytes) == .dicom else { return 0 }
  _ = try? ImageDecoder.decode(file, options: .init(maxPixels: 1 << 20))
  // Another frame and another window than the first, and no window.
  var options = ImageDecoder.Options(maxPixels: 1 << 16)
  (options.frame, options.window) = (2, .number(2))
  _ = try? ImageDecoder.decode(file, options: options)
  (options.frame, options.window) = (nil, .none)
  _ = try? ImageDecoder.decode(file, options: options)
  return 0
}
