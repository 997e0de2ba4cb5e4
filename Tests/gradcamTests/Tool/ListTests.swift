import Foundation
import Testing

/// Lists of images with lines that are none.
@Suite struct ListTests {
  private let folder = Workplace("xray.pth", "photo.jpg")

  private func explain(_ words: String..., input: String? = nil) throws -> Tool.Outcome {
    try Tool.run(
      ["explain", "-w", "xray.pth", "-d", "o", "--jsonl"] + words, in: folder,
      input: input.map(folder.path) ?? "/dev/null")
  }

  /// The records of what failed, as `image: error [kind]`.
  private func failures(_ outcome: Tool.Outcome) throws -> [String] {
    try outcome.lines.map { try JSON($0) }.filter { $0["error"].text != "absent" }.map {
      "\($0["image"].text ?? ""): \($0["error"].text ?? "") [\($0["kind"].text ?? "")]"
    }
  }

  @Test func `A line that is too long or holds a NUL is one failed input, and the run goes on`() throws {
    let long = String(repeating: "x", count: 200_000)
    folder.put("photo.jpg\n\(long)\nphoto.jpg\r\nphoto\0.jpg\n\n   \n\(long)", as: "list")
    let outcome = try explain("--files-from", "list", "--records", "records")
    #expect(outcome.status == 1 && outcome.lines.count == 6)
    let tooLong = "has 200,000 bytes, and no path more than 4,095 (a path a line)"
    let failed = [
      "list:2: \(tooLong) [unreadable]",
      "list:4: holds NUL bytes (a path a line; --null for paths between NUL bytes) [unreadable]",
      "   : no such file [unreadable]", "list:7: \(tooLong) [unreadable]",
    ]
    #expect(try failures(outcome) == failed)
    #expect(outcome.errors.contains("gradcam: list:2: \(tooLong)"))
    #expect(outcome.errors.last?.contains(": 2 explained, 4 unreadable") == true)
    #expect(folder.text("records") == outcome.text)
    // The lines are tried again, and what is finished is not.
    #expect(try explain("--files-from", "list", "--records", "records", "--resume").lines.count == 4)
    let input = try explain("--files-from", "-", input: "list")
    #expect(try failures(input) == failed.map { $0.replacingOccurrences(of: "list:", with: "standard input:") })
  }

  @Test func `Paths between NUL bytes`() throws {
    folder.put("photo.jpg\0\(String(repeating: "x", count: 5000))\0photo.jpg\0", as: "list")
    let outcome = try explain("--files-from", "list", "-0")
    #expect(outcome.status == 1 && outcome.lines.count == 3)
    #expect(
      try failures(outcome) == ["list:2: has 5,000 bytes, and no path more than 4,095 (a path a line) [unreadable]"])
  }

  @Test func `What is no file is told as what it is`() throws {
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    folder.makeFolder("sub")
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Its path must be short.
    let name = "/tmp/gradcam-\(UUID().uuidString.prefix(8)).socket"
    defer { unlink(name) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    folder.put("pipe\nsub\n/dev/null\n\(name)\nphoto.jpg\n", as: "list")
    let outcome = try explain("--files-from", "list")
    let operand = "(name it on the command line, not in a list) [unreadable]"
    #expect(outcome.status == 1 && outcome.lines.count == 5)
    #expect(
      try failures(outcome) == [
        "pipe: is a named pipe \(operand)", "sub: is a folder \(operand)",
        "/dev/null: is a device (a file) [unreadable]", "\(name): is a socket (a file) [unreadable]",
      ])
    let operandFailure = try failures(explain(name))
    #expect(operandFailure == ["\(name): is a socket [unreadable]"])
  }

  @Test func `Lists that are none`() throws {
    folder.makeFolder("sub")
    func line(_ list: String) throws -> String {
      let outcome = try explain("--files-from", list)
      #expect(outcome.status == 2 && outcome.output.isEmpty)
      return outcome.errors.joined()
    }
    #expect(try line("sub") == "gradcam: sub: is a folder (name a file)")
    #expect(
      try line("photo.jpg") == "gradcam: photo.jpg: is an image, and no list of images (name it without --files-from)")
  }

  @Test func `A line without an end takes no memory, and a device that gives one is no list`() throws {
    // 48 MB of one line, and then a path.
    let line = "(head -c 48000000 /dev/zero | tr '\\0' x; echo; echo photo.jpg)"
    let outcome = try Tool.shell(
      "\(line) | gradcam explain --files-from - -w xray.pth -d o --jsonl --verbose", in: folder)
    #expect(outcome.lines.count == 2)
    #expect(
      try failures(outcome) == [
        "standard input:1: has 48,000,000 bytes, and no path more than 4,095 (a path a line) [unreadable]"
      ])
    let few = try Tool.shell(
      "(echo photo.jpg; echo photo.jpg) | gradcam explain --files-from - -w xray.pth -d o --verbose", in: folder)
    func peak(_ outcome: Tool.Outcome) throws -> Int {
      let line = try #require(outcome.errors.last { $0.hasPrefix("peak memory: ") })
      return try #require(Int(line.dropFirst("peak memory: ".count).prefix { $0.isNumber }))
    }
    let (all, one) = (try peak(outcome), try peak(few))
    #expect(all < one + 20, "\(all) and \(one) MB")
    let endless = try folder.run("explain", "--files-from", "/dev/zero", "-w", "xray.pth", "-d", "o")
    #expect(endless.status == 2 && endless.errors == ["gradcam: /dev/zero: holds a line of more than 4095 bytes"])
  }
}
