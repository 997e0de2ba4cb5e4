import Glibc
import Testing

@testable import ModelFormats

/// Damaged files load or are refused; they never crash, hang, or hand out a tensor beyond its bytes.
@Suite struct DamageTests {
  static let names: [String] = {
    var names: [String] = []
    guard let folder = Fixture.folder.withCString({ opendir($0) }) else { return [] }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }()

  /// Loads the bytes and looks at every number.
  private func load(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, let state = try? StateDict.load(FileBytes(copying: bytes)) else { return }
    for tensor in state.tensors where tensor.elementCount <= 1 << 16 {
      #expect(tensor.floats().count == tensor.elementCount)
    }
  }

  @Test func `There are fixtures`() { #expect(Self.names.count > 90) }

  @Test(arguments: names) func `Files cut short`(name: String) throws {
    let whole = try Fixture.file(name).array
    for count in stride(from: 1, to: whole.count, by: max(1, whole.count / 150)) { load(Array(whole[..<count])) }
  }

  @Test(arguments: names) func `Files with bytes changed`(name: String) throws {
    var bytes = try Fixture.file(name).array
    var random = UInt64(bytes.count)
    for _ in 0..<300 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(random >> 33) % bytes.count
      let before = bytes[place]
      bytes[place] ^= UInt8(truncatingIfNeeded: random >> 25) | 1
      load(bytes)
      bytes[place] = before
    }
  }
}
