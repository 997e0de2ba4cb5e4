import Glibc
import ModelFormats

/// How many files the process may have open.
enum OpenFiles {
  /// What a run has open from its beginning: the pipe of `StopRequest`, Dispatch's three, and a list.
  private static let ofBeginning = 6
  /// What it opens later beside what its jobs read and write: records, and what is looked at for a moment.
  private static let later = 3

  /// Makes sure of the files that a run needs, before any is opened. Dispatch ends the process where it cannot open its own, and every
  /// image would fail by itself.
  ///
  /// - Parameter hasBegun: whether the run has open what it has from its beginning.
  /// - Throws: `InputError` that says how many there are, and how many would do.
  static func require(jobs: Int, hasBegun: Bool = false) throws(InputError) {
    let needed = (hasBegun ? 0 : ofBeginning) + later + jobs
    var copies: [Int32] = []
    defer { copies.forEach { close($0) } }
    while copies.count < needed {
      let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
      if copy >= 0 {
        copies.append(copy)
      } else if errno == EMFILE || errno == EINVAL {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        throw InputError(
          "open files", "the limit leaves \(copies.count), and \(needed) are needed",
          remedy: "ulimit -n \(Int(limit.rlim_cur) + needed - copies.count)")
      } else {
        return
      }
    }
  }
}
