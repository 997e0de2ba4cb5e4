import Glibc
import TestSupport
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

  /// The files of one ending (the last kind: of any other, which all are refused), and what becomes of them.
  struct Kind: Sendable {
    let ending: String
    let cut: Damage.Outcome
    let changed: Damage.Outcome

    var files: [[UInt8]] {
      get throws {
        let endings = DamageTests.kinds.map(\.ending).filter { !$0.isEmpty }
        return try DamageTests.names.filter { name in ending == endings.first(where: name.hasSuffix) ?? "" }
          .map { try Fixture.file($0).array }
      }
    }
  }

  /// Exact, as the damage is the same in every run: another number is a reader that takes more, or less.
  static let kinds = [
    Kind(ending: ".zip.pth", cut: .init(read: 23, refused: 6315), changed: .init(read: 3681, refused: 8619)),
    Kind(ending: ".legacy.pth", cut: .init(read: 22, refused: 6803), changed: .init(read: 2564, refused: 9136)),
    Kind(ending: ".safetensors", cut: .init(read: 32, refused: 4765), changed: .init(read: 3213, refused: 6387)),
    Kind(ending: ".pt2", cut: .init(read: 2, refused: 1065), changed: .init(read: 254, refused: 1846)),
    Kind(ending: ".pt", cut: .init(read: 1, refused: 308), changed: .init(read: 170, refused: 430)),
    Kind(ending: "", cut: .init(read: 0, refused: 554), changed: .init(read: 0, refused: 1500)),
  ]

  /// Loads the bytes and looks at every number.
  private func load(_ bytes: [UInt8]) throws {
    for tensor in try StateDict.load(FileBytes(copying: bytes)).tensors where tensor.elementCount <= 1 << 16 {
      #expect(tensor.floats().count == tensor.elementCount)
    }
  }

  @Test func `There are fixtures`() { #expect(Self.names.count > 90) }

  @Test(arguments: kinds) func `Files whole and cut short`(_ kind: Kind) throws {
    let files = try kind.files.lazy.flatMap { [$0] + Damage.cuts($0, from: 1, about: 150) }
    #expect(Damage.outcome(files, load) == kind.cut)
  }

  @Test(arguments: kinds) func `Files with bytes changed`(_ kind: Kind) throws {
    let files = try kind.files.lazy.flatMap { Damage.changes($0, count: 300) }
    #expect(Damage.outcome(files, load) == kind.changed)
  }
}
