import Foundation
import ModelFormats
import Synchronization
import TestSupport
import Testing

@testable import GradCAMCore

/// What is told of a picture before memory is taken for it.
@Suite struct PictureExtentTests {
  /// What `bytes` says of itself.
  private func extent(_ bytes: [UInt8]) throws -> PictureExtent {
    let seen = Mutex<PictureExtent?>(nil)
    var options = ImageDecoder.Options()
    options.admit = { (extent) throws(InputError) in seen.withLock { $0 = extent } }
    _ = try ImageDecoder.decode(FileBytes(copying: bytes), options: options)
    return try #require(seen.withLock { $0 })
  }

  @Test func `Sizes, channels and bytes of every format`() throws {
    let color = Image(width: 40, height: 30, filledWith: [1, 2, 3])
    for bytes in [
      try PNGEncoder.encode(color), try JPEGEncoder.encode(color), Array("P6 40 30 255\n".utf8) + color.samples,
    ] {
      let extent = try extent(bytes)
      #expect(extent.whole == ImageSize(width: 40, height: 30) && extent.size == extent.whole)
      #expect(extent.channels == 3 && extent.sampleBytes == 1 && extent.bytes == 3600)
      #expect(extent.decodingBytes == 3600)
    }
    let deep = try extent(Array("P5 2 3 4095\n".utf8) + [UInt8](repeating: 1, count: 12))
    #expect(deep.sampleBytes == 2 && deep.bytes == 12)
    let bits = try extent(Array("P4 9 2\n".utf8) + [0, 0, 255, 255])
    #expect(bits.channels == 1 && bits.bytes == 18)
  }

  @Test(arguments: ["PNG", "JPEG", "PNM"]) func `Whoever refuses it is heard, and it is not called damaged`(
    _ kind: String
  ) throws {
    let color = Image(width: 40, height: 30, filledWith: [1, 2, 3])
    let bytes =
      switch kind {
      case "PNG": try PNGEncoder.encode(color)
      case "JPEG": try JPEGEncoder.encode(color)
      default: Array("P6 40 30 255\n".utf8) + color.samples
      }
    var options = ImageDecoder.Options()
    let refusal = InputError("", "finds no room", errorNumber: ENOMEM)
    options.admit = { (_) throws(InputError) in throw refusal }
    #expect(throws: refusal) { try ImageDecoder.decode(FileBytes(copying: bytes), options: options) }
  }
}
