import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct InflateTests {
  /// By Python's zlib, without a header, of `(b"gradcam " * 40)[:300]`: fixed codes.
  private static let fixed: [UInt8] = [75, 47, 74, 76, 73, 78, 204, 85, 72, 31, 165, 9, 210, 0]

  private func inflate(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try Inflate.inflate($0, limit: limit) }
  }

  @Test func `Stored and fixed blocks`() throws {
    #expect(try inflate([0, 3, 0, 0xFC, 0xFF, 1, 2, 3, 1, 1, 0, 0xFE, 0xFF, 9]) == [1, 2, 3, 9])
    #expect(try inflate(Self.fixed) == Array((String(repeating: "gradcam ", count: 40)).utf8.prefix(300)))
  }

  @Test func `No more comes out than was asked for`() throws {
    #expect(try inflate(Self.fixed, limit: 11) == Array("gradcam gra".utf8))
    #expect(try inflate([0, 3, 0, 0xFC, 0xFF, 1, 2, 3], limit: 2) == [1, 2])
  }

  @Test func `What makes no sense or is cut short is refused`() throws {
    for bytes: [UInt8] in [
      [], [7], [0, 3, 0, 0, 0, 1, 2, 3], [0, 3, 0, 0xFC, 0xFF, 1], Array(Self.fixed.dropLast(3)),
    ] {
      #expect(throws: (any Error).self) { try inflate(bytes) }
    }
  }
}
