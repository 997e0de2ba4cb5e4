import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = input(data, count)
  _ = try? ImageDecoder.decode(file, options: .init(maxPixels: 1 << 20))
  // At an eighth, and at a half: other code of the library's.
  for part in [8, 2] {
    let options = ImageDecoder.Options(maxPixels: 1 << 20) { size in
      ImageSize(width: size.width / part, height: size.height / part)
    }
    _ = try? ImageDecoder.decode(file, options: options)
  }
  return 0
}
