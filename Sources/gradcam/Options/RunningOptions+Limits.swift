import GradCAMCore
import ModelFormats

extension RunningOptions {
  /// The same with numbers that this machine can use, and what is said of those that it cannot.
  func held() -> (options: RunningOptions, remarks: [InputError]) {
    var (held, remarks) = (self, [InputError]())
    let cores = "\(Cores.count) \(Cores.count == 1 ? "core" : "cores")"
    if let threads, threads > Cores.count {
      held.threads = Cores.count
      remarks.append(InputError("--threads", "\(threads) is held to the \(cores) that there are"))
    }
    if let jobs, jobs > WorkShare.mostJobs {
      held.jobs = WorkShare.mostJobs
      remarks.append(
        InputError("--jobs", "\(jobs) is held to \(WorkShare.mostJobs), which keep \(cores) busy"))
    }
    return (held, remarks)
  }
}
