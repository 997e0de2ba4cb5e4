import GradCAMCore
import ModelFormats

/// What a run has done so far.
struct RunSummary {
  private(set) var explained = 0
  /// Passed over by `--resume`.
  private(set) var finishedBefore = 0
  private(set) var failures: [FailureKind: Int] = [:]
  private(set) var verdicts: [String: Int] = [:]
  /// Explained from a file that is damaged in part.
  private(set) var readInPart = 0
  /// Whether standard output could not be written. A reader who leaves is no failure.
  var isUnprinted = false
  /// Folders that hold no image.
  var emptyFolders = 0
  /// What was done to an image.
  var verb = "explained"
  /// Whether the verdicts are counted in its line.
  var tellsVerdicts = true
  private let start = millisecondsNow()

  var failed: Int { failures.values.reduce(0, +) }
  /// Images that took work.
  var worked: Int { explained + failed }
  var done: Int { worked + finishedBefore }

  mutating func add(_ outcome: ImageOutcome) {
    switch outcome.record {
    case nil: finishedBefore += 1
    case .failed(let record): if let kind = record.kind { failures[kind, default: 0] += 1 }
    case .explained(let record):
      explained += 1
      if record.damaged == true { readInPart += 1 }
      if tellsVerdicts { for map in record.maps { verdicts[map.verdict, default: 0] += 1 } }
    }
  }

  /// Images a second; nil before there is anything to tell.
  var rate: Double? {
    let seconds = (millisecondsNow() - start) / 1000
    return worked > 0 && seconds > 0 ? Double(worked) / seconds : nil
  }

  /// Images, failures by kind, images a second, verdicts: one line, for runs of several images.
  var line: String? {
    guard done > 1 || finishedBefore > 0 else { return nil }
    var parts = ["\(explained.grouped) \(verb)"]
    if readInPart > 0 { parts.append("\(readInPart.grouped) of them damaged in part") }
    for kind in FailureKind.allCases {
      if let count = failures[kind] { parts.append("\(count.grouped) \(kind.rawValue)") }
    }
    if finishedBefore > 0 { parts.append("\(finishedBefore.grouped) finished before") }
    let seconds = (millisecondsNow() - start) / 1000
    var line = "\(done.grouped) \(done == 1 ? "image" : "images") in \(Self.duration(seconds))"
    if let rate { line += " (\(rate.fixed(1)) a second)" }
    line += ": \(parts.joined(separator: ", "))"
    let counts = verdicts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if !counts.isEmpty {
      line += "; verdicts: \(counts.map { "\($0.value.grouped) \($0.key)" }.joined(separator: ", "))"
    }
    return line
  }

  /// `3.2 s`, `4:05 min`, `2:03:00 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds >= 60 else { return "\(seconds.fixed(1)) s" }
    let whole = Int(min(seconds, 1e9))
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    guard whole >= 3600 else { return "\(whole / 60):\(padded(whole % 60)) min" }
    return "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60)) h"
  }
}
