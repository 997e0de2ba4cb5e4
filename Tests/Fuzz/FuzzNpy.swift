import GradCAMCore
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = input(data, count)
  guard ImageFormat(file.bytes) == .npy else { return 0 }
  guard let decoded = try? ImageDecoder.decode(file, options: .init(maxPixels: .max)) else { return 0 }
  // As a tensor of any size, and as a picture.
  for text in ["unit,resize=none,crop=none", "half,resize=8,crop=8"] {
    for channels in [1, 3] {
      let preprocessor = try? Preprocessing(parsing: text).resolved(inputSize: nil, channels: channels)
      _ = try? preprocessor?.apply(to: decoded)
    }
  }
  return 0
}
