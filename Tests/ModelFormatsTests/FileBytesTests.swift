import Glibc
import TestSupport
import Testing

@testable import ModelFormats

/// Files that somebody changes while they are read.
@Suite struct FileBytesTests {
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// A file of four pages of ones, of an hour ago: changes within one tick of the file system's clock have the same time.
  private func withFile(_ body: (FilePath) throws -> Void) throws {
    let path = FilePath("/tmp/gradcam-bytes-\(UInt64.random(in: 0 ... .max))")
    defer { unlink("\(path)") }
    try AtomicFile.write([UInt8](repeating: 1, count: 4 * Self.page), to: path)
    let time = timespec(tv_sec: Glibc.time(nil) - 3600, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, "\(path)", [time, time], 0) == 0)
    try body(path)
  }

  private func overwrite(_ path: FilePath, at offset: Int, with byte: UInt8) {
    let descriptor = open("\(path)", O_WRONLY)
    #expect(pwrite(descriptor, [byte], 1, off_t(offset)) == 1)
    close(descriptor)
  }

  @Test func `A mapped file that is cut short reads as zeros, and says so`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      #expect(file.isMapped && file.bytes[0] == 1)
      try file.requireUnchanged()
      #expect(truncate("\(path)", off_t(Self.page)) == 0)
      #expect(file.bytes[0] == 1)
      #expect(file.bytes[(2 * Self.page)...].allSatisfy { $0 == 0 })
      let error = #expect(throws: InputError.self) { try file.requireUnchanged() }
      #expect(error?.description == "\(path): was cut short, or could not be read on, while it was in use")
    }
  }

  @Test func `A mapping that was lost does not make the next one look lost`() throws {
    try withFile { path in
      for _ in 0..<3 {
        let file = try FileBytes(mapping: path)
        try file.requireUnchanged()
        #expect(truncate("\(path)", 1) == 0)
        #expect(file.bytes[Self.page] == 0 && file.loss != nil)
        #expect(truncate("\(path)", off_t(4 * Self.page)) == 0)
      }
    }
  }

  @Test func `A mapped file that is cut short before it is looked at is noticed by its size`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      #expect(truncate("\(path)", off_t(Self.page)) == 0)
      let error = #expect(throws: InputError.self) { try file.requireUnchanged() }
      #expect(error?.description == "\(path): changed while it was read")
    }
  }

  @Test func `A mapped file that is changed in place says so`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      overwrite(path, at: 3, with: 2)
      #expect(throws: InputError.self) { try file.requireUnchanged() }
    }
  }

  @Test func `Other names and permissions are no change`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      #expect(chmod("\(path)", 0o444) == 0)
      #expect(link("\(path)", "\(path).link") == 0 && unlink("\(path).link") == 0)
      try file.requireUnchanged()
      #expect(unlink("\(path)") == 0)
      try file.requireUnchanged()
    }
  }

  @Test func `A small file is a copy, which nobody changes`() throws {
    try withFile { path in
      let file = try FileBytes(path: path)
      overwrite(path, at: 3, with: 2)
      #expect(truncate("\(path)", 1) == 0)
      #expect(!file.isMapped && file.bytes.allSatisfy { $0 == 1 })
      try file.requireUnchanged()
      #expect(file.version?.size == 4 * Self.page)
    }
  }

  @Test func `A large file is mapped`() throws {
    try withFile { path in
      #expect(truncate("\(path)", 1 << 16) == 0)
      let large = try FileBytes(path: path)
      #expect(truncate("\(path)", 1 << 16 - 1) == 0)
      let small = try FileBytes(path: path)
      #expect(large.isMapped && !small.isMapped)
    }
  }

  @Test func `The open file is read again, not the one that took its name`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      try AtomicFile.write([UInt8](repeating: 2, count: 5), to: path)
      var bytes: [UInt8] = []
      try file.reread { bytes += $0 }
      #expect(bytes == [UInt8](repeating: 1, count: 4 * Self.page))
      try file.requireUnchanged()
    }
  }

  @Test func `Threads that read what is gone all go on`() throws {
    try withFile { path in
      let file = try FileBytes(mapping: path)
      #expect(truncate("\(path)", 0) == 0)
      var threads: [pthread_t] = []
      for _ in 0..<4 {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(file).toOpaque()
        pthread_create(
          &thread, nil,
          { context in
            let file = context.map { Unmanaged<FileBytes>.fromOpaque($0).takeRetainedValue() }
            return file?.bytes.contains { $0 != 0 } == false ? context : nil
          }, context)
        threads.append(thread)
      }
      for thread in threads {
        var result: UnsafeMutableRawPointer?
        pthread_join(thread, &result)
        #expect(result != nil)
      }
      #expect(file.loss != nil)
    }
  }
}
