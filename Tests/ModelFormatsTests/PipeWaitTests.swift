import Foundation
import ModelFormats
import Testing

@Suite struct PipeWaitTests {
  /// A pipe of the least size that there is.
  private func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    // Linux's F_SETPIPE_SZ.
    _ = fcntl(ends[1], 1031, 4096)
    signal(SIGPIPE, SIG_IGN)
    return (ends[0], ends[1])
  }

  private func write(_ count: Int, to descriptor: Int32, _ pipes: PipeWait) -> Int32? {
    [UInt8](repeating: 1, count: count).withUnsafeBytes { pipes.errorWriting($0, to: descriptor) }
  }

  @Test func `What is written arrives, however slowly it is read`() throws {
    let (reading, writing) = try makePipe()
    defer { for end in [reading, writing] { close(end) } }
    let reader = Thread {
      var bytes = [UInt8](repeating: 0, count: 1000)
      var left = 100_000
      while left > 0 { left -= max(0, read(reading, &bytes, bytes.count)) }
    }
    reader.start()
    #expect(write(100_000, to: writing, PipeWait()) == nil)
  }

  @Test func `A reader that left is told, and one that does nothing is waited for until the end`() throws {
    let (reading, writing) = try makePipe()
    defer { close(writing) }
    let pipes = PipeWait()
    Thread {
      usleep(50_000)
      pipes.end()
    }.start()
    let start = ContinuousClock.now
    #expect(write(10_000, to: writing, pipes) == ECANCELED)
    #expect(ContinuousClock.now - start < .seconds(10))
    close(reading)
    #expect(write(1, to: writing, pipes) == EPIPE)
  }

  @Test func `What has room is written after the end, too`() throws {
    let (reading, writing) = try makePipe()
    defer { for end in [reading, writing] { close(end) } }
    let pipes = PipeWait()
    pipes.end()
    #expect(write(100, to: writing, pipes) == nil)
    #expect(!pipes.canRead(writing, waits: true))
  }

  @Test func `A pipe without a reader is opened when one comes, or not`() throws {
    let path = NSTemporaryDirectory() + "gradcam-\(UUID().uuidString)"
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    Thread {
      usleep(50_000)
      _ = open(path, O_RDONLY | O_NONBLOCK)
    }.start()
    let descriptor = try PipeWait().openForWriting(FilePath(path))
    #expect(descriptor >= 0)
    close(descriptor)
    let other = path + "-other"
    try #require(mkfifo(other, 0o600) == 0)
    defer { unlink(other) }
    let pipes = PipeWait()
    pipes.end()
    #expect(throws: InputError("", "was not written: nobody reads it", remedy: "the run was ended meanwhile")) {
      try pipes.openForWriting(FilePath(other))
    }
    #expect(throws: InputError.self) { try PipeWait().openForWriting(FilePath(path + "-missing")) }
  }
}
