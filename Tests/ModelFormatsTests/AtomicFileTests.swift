import Foundation
import Glibc
import ModelFormats
import Testing

@Suite struct AtomicFileTests {
  private let folder = FilePath(NSTemporaryDirectory() + "gradcam-atomic-\(UUID().uuidString)")
  private var text: FilePath { folder.appending(FilePath("text")) }

  init() throws { try FileManager.default.createDirectory(atPath: "\(folder)", withIntermediateDirectories: true) }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: "\(folder)").sorted() }

  @Test func `A file that must not be replaced stays, and nothing is left beside it`() throws {
    defer { try? FileManager.default.removeItem(atPath: "\(folder)") }
    let refusal = InputError("text", "is mine")
    // What is not there is not asked about.
    try AtomicFile.write(Array("one".utf8), to: text) { _ throws(InputError) in throw refusal }
    #expect(throws: refusal) {
      try AtomicFile.write(Array("two".utf8), to: text) { _ throws(InputError) in throw refusal }
    }
    #expect(try String(contentsOfFile: "\(text)", encoding: .utf8) == "one" && names() == ["text"])
    try AtomicFile.write(Array("two".utf8), to: text)
    #expect(try String(contentsOfFile: "\(text)", encoding: .utf8) == "two" && names() == ["text"])
  }

  @Test func `What has a living writer is no leftover, by its lock`() throws {
    defer { try? FileManager.default.removeItem(atPath: "\(folder)") }
    let names = [".a.\(getpid()).1.gradcam.part", ".a.\(getpid()).2.gradcam.part", ".a.\(getppid()).3.gradcam.part"]
    for name in names { FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data()) }
    let locked = open("\(folder)/\(names[0])", O_RDWR | O_CLOEXEC)
    defer { close(locked) }
    #expect(flock(locked, LOCK_EX) == 0)
    AtomicFile.removeLeftovers(in: folder)
    #expect(try self.names() == [names[0]])
  }

  @Test func `Names of leftovers`() {
    for name in [".a.png.12.34.gradcam.part", "..1.2.gradcam.part", ".a.b.c.1.2.gradcam.part"] {
      #expect(AtomicFile.isLeftover(FilePath(name)))
    }
    for name in [
      "a.png.12.34.gradcam.part", ".gradcam.part", ".1.gradcam.part", ".a.1.x.gradcam.part", ".a.1..gradcam.part",
      ".a.-1.2.gradcam.part", ".a.1.2.gradcam.part2",
    ] { #expect(!AtomicFile.isLeftover(FilePath(name)), "\(name)") }
  }

  @Test func `Paths of open descriptors`() throws {
    for (path, number) in [
      ("/dev/stdout", 1), ("/dev/stderr", 2), ("/dev/fd/1", 1), ("/proc/self/fd/0", 0), ("/proc/thread-self/fd/2", 2),
    ] {
      #expect(OpenDescriptor.number(of: FilePath(path)) == Int32(number), "\(path)")
    }
    for path in ["/dev/null", "/proc/self/fd/9999", "/proc/self/fd", "/proc/1/fd/1", "stdout", "-", ""] {
      #expect(OpenDescriptor.number(of: FilePath(path)) == nil, "\(path)")
    }
  }
}
