import Testing

@testable import GradCAMCore

@Suite struct ProcessMemoryTests {
  @Test func `The peak counts what was held and let go`() {
    let bytes = 96 << 20
    #expect([UInt8](repeating: 1, count: bytes).last == 1)
    #expect(ProcessMemory.peakKilobytes >= bytes >> 10)
  }
}
