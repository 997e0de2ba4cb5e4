import FoundationEssentials

/// The machine's cores that this process may use.
enum Cores {
  static var count: Int { max(ProcessInfo.processInfo.activeProcessorCount, 1) }
}
