import Glibc
public import ModelFormats

/// How much more memory this process can be given.
///
/// Swift's arrays end the process where memory cannot be had, and where the system hands out more than it has, the kernel does. What may
/// be large is therefore compared with this before it is asked for.
public struct MemoryHeadroom: Sendable, Hashable {
  /// Bytes that can be filled: what the machine has available, and what the process's control groups leave.
  public let fillable: Int
  /// Bytes of addresses: what `ulimit -v`, `ulimit -d` and a system that promises no more than it has leave; `Int.max` without any.
  public let addressable: Int

  init(fillable: Int, addressable: Int) { (self.fillable, self.addressable) = (fillable, addressable) }

  /// What can be had at this moment; whatever the system does not tell is taken to be endless.
  public static func now() -> MemoryHeadroom {
    let machine = SystemText.numbers("/proc/meminfo")
    var fillable = Int.max
    // In kilobytes; what is swapped out is slow, but there.
    if let available = machine["MemAvailable"] { fillable = (available + (machine["SwapFree"] ?? 0)) * 1024 }
    fillable = min(fillable, ControlGroups.headroom)
    var addressable = min(limited(by: RLIMIT_AS, page: 0), limited(by: RLIMIT_DATA, page: 5))
    if SystemText.read("/proc/sys/vm/overcommit_memory")?.first == "2", let limit = machine["CommitLimit"] {
      addressable = min(addressable, max(limit - (machine["Committed_AS"] ?? 0), 0) * 1024)
    }
    return MemoryHeadroom(fillable: fillable, addressable: addressable)
  }

  /// Whether something finds room.
  public func has(_ need: MemoryNeed) -> Bool { need.filled <= fillable && need.addressed <= addressable }

  /// Bytes that can be had of either kind, whichever are fewer.
  public var bytes: Int { min(fillable, addressable) }

  /// Refuses something that finds no room.
  ///
  /// - Parameter what: what takes memory, with its verb: `its constants take`.
  public func expect(_ need: MemoryNeed, _ what: Message, remedy: Message? = nil) throws(InputError) {
    guard !has(need) else { return }
    throw InputError.noMemory(need, headroom: self, what, remedy: remedy)
  }

  /// Whether so many bytes of addresses can be had at this moment: the only way to know it to the byte is to ask for them.
  ///
  /// Others who ask at the same moment may find less: before threads are started.
  public static func canMap(_ bytes: Int) -> Bool {
    let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let place, place != MAP_FAILED else { return false }
    munmap(place, bytes)
    return true
  }

  /// Gives back to the system what was freed, and is kept for whoever asks next.
  static func trim() {
    // Not in Swift's view of the C library.
    typealias Function = @convention(c) (Int) -> Int32
    guard let trim = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(trim, to: Function.self)(0)
  }

  /// - Parameter page: which of the numbers in `/proc/self/statm` counts what the limit limits.
  private static func limited(by resource: __rlimit_resource, page: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(Int32(resource.rawValue), &limit) == 0, limit.rlim_cur < UInt64(1) << 62,
      let text = SystemText.read("/proc/self/statm")
    else { return .max }
    let pages = text.split(separator: " ").compactMap { Int($0) }
    guard pages.indices.contains(page) else { return .max }
    return max(Int(limit.rlim_cur) - pages[page] * Int(sysconf(Int32(_SC_PAGESIZE))), 0)
  }
}

extension InputError {
  /// Something finds no room in memory.
  static func noMemory(
    _ need: MemoryNeed, headroom: MemoryHeadroom, _ what: Message, remedy: Message? = nil
  ) -> InputError {
    let (wanted, left) =
      need.filled > headroom.fillable
      ? (need.filled, headroom.fillable) : (need.addressed, headroom.addressable)
    return InputError(
      "", "\(what) \(MemoryNeed.text(wanted)) of memory, and \(MemoryNeed.text(left)) can be had", remedy: remedy,
      errorNumber: ENOMEM)
  }

  /// Whether memory is what was lacking.
  public var isOutOfMemory: Bool { errorNumber == ENOMEM }
}

/// What the process's control groups leave it: how a container's memory is limited.
private enum ControlGroups {
  /// Bytes, `Int.max` where nothing limits them.
  static var headroom: Int {
    var least = Int.max
    for line in (SystemText.read("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[1].isEmpty {
        least = min(least, left("/sys/fs/cgroup", fields[2], ("memory.max", "memory.current"), prefix: ""))
      } else if fields[1].split(separator: ",").contains("memory") {
        let names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        least = min(least, left("/sys/fs/cgroup/memory", fields[2], names, prefix: "total_"))
      }
    }
    return least
  }

  /// The least that a group and those around it leave. Those that are not to be seen from inside a container limit it at its root.
  private static func left(
    _ root: String, _ path: Substring, _ names: (limit: String, usage: String), prefix: String
  ) -> Int {
    var least = Int.max
    var parts = path.split(separator: "/")[...]
    while true {
      let folder = ([root] + parts.map(String.init)).joined(separator: "/")
      // A group without a limit says `max`, or a number that no machine has.
      if let limit = SystemText.number("\(folder)/\(names.limit)"), limit < 1 << 60,
        let usage = SystemText.number("\(folder)/\(names.usage)")
      {
        let kinds = SystemText.numbers("\(folder)/memory.stat")
        // Pages of files are given back when they are needed.
        let files = (kinds["\(prefix)inactive_file"] ?? 0) + (kinds["\(prefix)active_file"] ?? 0)
        least = min(least, max(limit - max(usage - files, 0), 0))
      }
      if parts.popLast() == nil { return least }
    }
  }
}
