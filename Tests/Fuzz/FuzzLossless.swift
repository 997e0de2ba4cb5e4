import ModelFormats

@testable import GradCAMCore

/// Streams of lossless JPEG, and deflated data, by themselves.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  if let header = try? JPEGHeader(bytes), header.size.width * header.size.height <= 1 << 18 {
    _ = try? LosslessJPEG.decode(bytes, header)
  }
  _ = try? bytes.withUnsafeBytes { try Inflate.inflate($0, limit: 1 << 16) }
  return 0
}
