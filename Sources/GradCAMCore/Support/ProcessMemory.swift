import Glibc

/// What this process takes of the machine's memory.
package enum ProcessMemory {
  /// The most kilobytes that it has held at any time; 0 where the system does not tell.
  ///
  /// `getrusage` would not do: what it tells is also the peak of the process that started this one.
  package static var peakKilobytes: Int {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var status = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &status, status.count)
    let text = String(decoding: status.prefix(max(count, 0)), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return Int(line?.filter(\.isNumber) ?? "") ?? 0
  }
}
