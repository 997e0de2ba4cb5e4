import Foundation
import ModelFormats

/// The built tool, run as its users run it.
enum Tool {
  /// Where a run's standard output goes.
  enum Output {
    case kept
    case file(String)
    case closed
    /// A pipe whose reader has gone.
    case brokenPipe
  }

  /// What a run printed and how it ended.
  struct Outcome {
    /// The exit status; minus the signal's number where one ended the process.
    let status: Int32
    let output: [UInt8]
    /// The lines on standard error.
    let errors: [String]

    var text: String { String(decoding: output, as: UTF8.self) }
    /// The lines on standard output.
    var lines: [String] { split(text) }
  }

  /// What GRADCAM names, as a packaged build, or beside the tests' own executable, whatever the configuration.
  static let path: String = {
    if let given = ProcessInfo.processInfo.environment["GRADCAM"] { return given }
    let tests = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return tests.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("gradcam").path
  }()

  /// Runs `gradcam` with `words` in `folder`.
  ///
  /// Both streams go to files, so that no amount of output can block the run.
  ///
  /// - Parameter fileSizeLimit: the most that a file of the run may hold, in the shell's units.
  static func run(
    _ words: [String], in folder: Workplace, input: String = "/dev/null", output: Output = .kept,
    fileSizeLimit: Int? = nil
  ) throws -> Outcome {
    let streams = Workplace()
    let (standardOutput, standardError) = (streams.path("output"), streams.path("errors"))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, standardError, O_WRONLY | O_CREAT, 0o600)
    var pipe: [Int32] = []
    switch output {
    case .kept: posix_spawn_file_actions_addopen(&actions, 1, standardOutput, O_WRONLY | O_CREAT, 0o600)
    case .file(let path): posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY, 0)
    case .closed: posix_spawn_file_actions_addclose(&actions, 1)
    case .brokenPipe:
      pipe = try brokenPipe()
      posix_spawn_file_actions_adddup2(&actions, pipe[0], 1)
    }
    defer { pipe.forEach { close($0) } }
    let limit = fileSizeLimit.map { "ulimit -f \($0) && " } ?? ""
    let status = try spawn(["sh", "-c", "cd \"$0\" && \(limit)exec \"$@\"", folder.root, path] + words, &actions)
    return Outcome(status: status, output: streams.bytes("output") ?? [], errors: split(streams.text("errors") ?? ""))
  }

  /// Runs a line of the shell in `folder`, in which `gradcam` is the built tool.
  static func shell(_ line: String, in folder: Workplace) throws -> Outcome {
    let streams = Workplace()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, streams.path("output"), O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, streams.path("errors"), O_WRONLY | O_CREAT, 0o600)
    let place = (path as NSString).deletingLastPathComponent
    let status = try spawn(
      ["sh", "-c", "cd \"$0\" && PATH=$1:$PATH && export PATH && eval \"$2\"", folder.root, place, line], &actions)
    return Outcome(status: status, output: streams.bytes("output") ?? [], errors: split(streams.text("errors") ?? ""))
  }

  /// The writing end of a connection that nobody reads; no other test's process inherits the other end.
  private static func brokenPipe() throws -> [Int32] {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw InputError("socketpair", "\(describe(errno))") }
    close(ends[0])
    return [ends[1]]
  }

  private static func spawn(_ words: [String], _ actions: inout posix_spawn_file_actions_t) throws -> Int32 {
    var status: Int32 = 0
    let process = try start(words, &actions)
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    return meaning(of: status)
  }

  fileprivate static func start(_ words: [String], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    // The tests' own threads take no signals, and a run would not either.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard failure == 0 else { throw InputError("sh", "\(describe(failure))") }
    return process
  }

  fileprivate static func meaning(of status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
  }

  /// A run under way, which takes a list on its standard input.
  final class Running {
    private let streams = Workplace()
    private let process: pid_t
    private var list: Int32

    /// - Parameters:
    ///   - output: a file, or a pipe that is open for reading, that standard output goes to.
    ///   - errors: the same for standard error.
    init(_ words: [String], in folder: Workplace, output: String? = nil, errors: String? = nil) throws {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      guard mkfifo(streams.path("list"), 0o600) == 0 else { throw InputError("mkfifo", "\(describe(errno))") }
      // Opened for both, so that the run does not wait to open its end, nor this test.
      list = open(streams.path("list"), O_RDWR | O_CLOEXEC)
      posix_spawn_file_actions_addopen(&actions, 0, streams.path("list"), O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, output ?? streams.path("output"), O_WRONLY | O_CREAT, 0o600)
      posix_spawn_file_actions_addopen(&actions, 2, errors ?? streams.path("errors"), O_WRONLY | O_CREAT, 0o600)
      process = try Tool.start(["sh", "-c", "cd \"$0\" && exec \"$@\"", folder.root, path] + words, &actions)
    }

    deinit { if list >= 0 { close(list) } }

    /// Hands the run more of its list.
    func send(_ text: String) { _ = text.withCString { write(list, $0, strlen($0)) } }

    /// Ends the list.
    func endList() {
      close(list)
      list = -1
    }

    /// The lines that the run printed so far.
    var lines: [String] { split(streams.text("output") ?? "") }
    /// The lines on standard error so far.
    var errors: [String] { split(streams.text("errors") ?? "") }

    /// Waits until the run has printed that many lines; false after a minute.
    func waits(forLines count: Int) -> Bool { waits { lines.count >= count } }

    func waits(until condition: () -> Bool) -> Bool {
      for _ in 0..<6000 {
        if condition() { return true }
        usleep(10_000)
      }
      return false
    }

    func signal(_ number: Int32) { kill(process, number) }

    /// Waits for the run's end. A run that hangs is killed after a minute, which its status tells.
    func outcome() -> Outcome {
      var status: Int32 = 0
      let start = ContinuousClock.now
      while waitpid(process, &status, WNOHANG) == 0 {
        if ContinuousClock.now - start > .seconds(60) { kill(process, SIGKILL) }
        usleep(2000)
      }
      return Outcome(
        status: Tool.meaning(of: status), output: streams.bytes("output") ?? [],
        errors: split(streams.text("errors") ?? ""))
    }
  }
}

/// A text's lines, without the end of the last.
private func split(_ text: String) -> [String] {
  text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map {
    String(decoding: $0, as: UTF8.self)
  }
}
