import Testing

@testable import ModelFormats

/// A zip archive made by hand, to be made wrong in one place.
struct ZipBuilder {
  struct Entry {
    var name = "a"
    var localName: String?
    var data: [UInt8] = [1, 2, 3]
    var flags: UInt16 = 0
    var method: UInt16 = 0
    var localSize: UInt32?
    var centralSize: Int?
    var centralOffset: Int?
    var isWide = false
  }

  var entries = [Entry()]
  var comment: [UInt8] = []
  var count: Int?
  var directoryOffset: Int?
  var directorySize: Int?
  var isWide = false
  var disk: UInt16 = 0
  var extraInDirectory: [UInt8] = []

  func build() -> FileBytes {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = entry.centralOffset ?? bytes.count
      let name = Array(entry.name.utf8)
      let localName = Array((entry.localName ?? entry.name).utf8)
      let localSize = entry.localSize ?? UInt32(entry.data.count)
      bytes += [0x50, 0x4b, 3, 4] + [UInt8](UInt16(20)) + [UInt8](entry.flags) + [UInt8](entry.method)
      bytes += [UInt8](repeating: 0, count: 8) + [UInt8](localSize) + [UInt8](localSize)
      bytes += [UInt8](UInt16(localName.count)) + [UInt8](UInt16(2)) + localName + [0, 0] + entry.data
      let size = entry.centralSize ?? entry.data.count
      let short = entry.isWide ? UInt32.max : UInt32(truncatingIfNeeded: size)
      let shortOffset = entry.isWide ? UInt32.max : UInt32(truncatingIfNeeded: offset)
      let wide = [UInt8](UInt64(size)) + [UInt8](UInt64(size)) + [UInt8](UInt64(offset))
      let extra = entry.isWide ? [9, 9, 1, 0, 7, 1, 0] + [UInt8](UInt16(wide.count)) + wide : []
      directory += [0x50, 0x4b, 1, 2] + [UInt8](UInt32(20)) + [UInt8](entry.flags) + [UInt8](entry.method)
      directory += [UInt8](repeating: 0, count: 8) + [UInt8](short) + [UInt8](short) + [UInt8](UInt16(name.count))
      directory += [UInt8](UInt16(extra.count)) + [UInt8](UInt16(1)) + [UInt8](repeating: 0, count: 8)
      directory += [UInt8](shortOffset) + name + extra + [0x23]
    }
    directory += extraInDirectory
    return FileBytes(copying: bytes + directory + end(bytes.count, directory.count))
  }

  private func end(_ offset: Int, _ size: Int) -> [UInt8] {
    let (count, size, start) = (count ?? entries.count, directorySize ?? size, directoryOffset ?? offset)
    var end: [UInt8] = []
    if isWide {
      end += [0x50, 0x4b, 6, 6] + [UInt8](UInt64(44)) + [UInt8](repeating: 0, count: 12)
      end += [UInt8](UInt64(count)) + [UInt8](UInt64(count)) + [UInt8](UInt64(size)) + [UInt8](UInt64(start))
      end += [0x50, 0x4b, 6, 7, 0, 0, 0, 0] + [UInt8](UInt64(offset + size)) + [1, 0, 0, 0]
    }
    let short = isWide ? UInt16.max : UInt16(truncatingIfNeeded: count)
    end += [0x50, 0x4b, 5, 6] + [UInt8](disk) + [UInt8](disk) + [UInt8](short) + [UInt8](short)
    end += [UInt8](isWide ? UInt32.max : UInt32(truncatingIfNeeded: size))
    end += [UInt8](isWide ? UInt32.max : UInt32(truncatingIfNeeded: start))
    return end + [UInt8](UInt16(comment.count)) + comment
  }
}

@Suite struct ZipArchiveTests {
  private func build(_ change: (inout ZipBuilder) -> Void) -> FileBytes {
    var builder = ZipBuilder()
    builder.entries.append(.init(name: "folder/b", data: [4, 5]))
    change(&builder)
    return builder.build()
  }

  @Test(arguments: [false, true]) func `Finds entries without copying`(wide: Bool) throws {
    let file = build {
      $0.comment = Array("PK\u{5}\u{6} is no end".utf8)
      $0.isWide = wide
      $0.entries[1].isWide = wide
    }
    let archive = try ZipArchive(file)
    #expect(archive.entries.map(\.name) == ["a", "folder/b"])
    let data = try #require(archive["folder/b"])
    #expect(data.file === file)
    #expect(Array(data.bytes) == [4, 5])
    #expect(archive["b"] == nil)
  }

  @Test func `Takes sizes that follow the data`() throws {
    let file = build {
      $0.entries[0].flags = 0x808
      $0.entries[0].localSize = 0
    }
    #expect(try ZipArchive(file)["a"]?.count == 3)
  }

  @Test func `Finds nothing in an empty archive`() throws {
    #expect(try ZipArchive(build { $0.entries = [] }).entries.isEmpty)
  }

  @Test func `Refuses compressed entries where asked`() throws {
    let archive = try ZipArchive(build { $0.entries[0].method = 8 })
    #expect(
      inputError { try archive.expectStored() }?.problem.description.hasPrefix("has a compressed entry, a, ") ?? false)
    try ZipArchive(build { _ in }).expectStored()
  }

  typealias Change = @Sendable (inout ZipBuilder) -> Void

  static let damages: [(String, Change)] = [
    ("encrypted entry, a", { $0.entries[0].flags = 1 }),
    ("two entries called a", { $0.entries[1].name = "a" }),
    ("not where its directory says", { $0.entries[0].localName = "c" }),
    ("not where its directory says", { $0.entries[0].localSize = 2 }),
    ("not where its directory says", { $0.entries[1].centralOffset = 1 }),
    ("not where its directory says", { $0.entries[0].centralSize = 1 << 20 }),
    ("cut short", { ($0.entries[0].centralSize, $0.entries[0].localSize) = (1 << 20, 1 << 20) }),
    ("share byte", { ($0.entries[0].centralSize, $0.entries[0].localSize) = (10, 10) }),
    ("names byte", { $0.entries[1].centralOffset = 1 << 20 }),
    ("names byte", { ($0.entries[1].isWide, $0.entries[1].centralOffset) = (true, .max) }),
    ("entries do not fit", { $0.count = 60000 }),
    ("entries do not fit", { ($0.isWide, $0.count) = (true, .max) }),
    ("its directory is not one", { $0.directoryOffset = 0 }),
    ("does not lie before", { $0.directorySize = 1 << 30 }),
    ("does not lie before", { ($0.isWide, $0.directoryOffset) = (true, .max) }),
    ("goes on after", { $0.count = 1 }),
    ("goes on after", { $0.extraInDirectory = [0] }),
    ("in several", { $0.disk = 1 }),
  ]

  @Test(arguments: damages) func `Refuses what is no archive`(problem: String, change: Change) {
    let error = inputError { _ = try ZipArchive(build(change)) }
    #expect(error?.problem.description.contains(problem) == true, "\(error?.description ?? "none")")
  }

  @Test func `Says that an archive is cut short`() {
    let whole = build { _ in }.array
    for count in 0..<whole.count {
      let error = inputError { _ = try ZipArchive(FileBytes(copying: Array(whole[..<count]))) }
      #expect(error?.problem.description.hasPrefix("is cut short") == true)
    }
  }
}
