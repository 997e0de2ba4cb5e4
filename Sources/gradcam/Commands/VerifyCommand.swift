import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  static let verify = Command(
    name: "verify", summary: "make the maps of records again and say which differ",
    operands: "[OPTIONS] RECORDS...", operandOffer: { .files },
    notes: [
      "RECORDS are files of records as explain --jsonl and --records write them; - reads them from standard input. Paths in "
        + "them are found from the current folder. Every map is made again with the options of its record. Image and model must "
        + "be the same to the byte. On the kind of processor that made it, a map must be the same bytes. On another it must "
        + "lie within a bound: 1e-4 of its largest magnitude or of the strongest evidence that was cut off. The bound is on means "
        + "over 16×16 cells if a map has more. It is 1e-3 for occlusion, which shows differences of scores.",
      "Gradients jump where rounding decides if a ReLU is open. So maps of gradients behind a ReLU, a maximum or another kink, and "
        + "fem, have a wider bound: 0.05 of their largest magnitude, and on the mean 0.002 of their mean one. The line of a map "
        + "names its bound.",
      "A line is printed for each map that is not the same, and the counts at the end. Records may come from anywhere. A line that is "
        + "no record, or whose numbers no run writes, is named by its number and counts as not verified. So do images and models "
        + "that are no regular files, and options that ask for more than the record says was done. A number that is not finite "
        + "agrees with none.",
    ],
    examples: ["gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl | gradcam verify -"],
    exitStatuses: [
      ("0", "all maps are the same, or agree on another kind of processor"),
      (
        "1",
        "a map differs or could not be made again, a line is no record, or the reader of standard output left before the last"
      ),
      ("2", "bad usage, or a file that cannot be read or holds no record"),
    ], action: VerifyCommand.self)
}

/// `gradcam verify`: makes the maps of records again, and says which differ.
struct VerifyCommand: Action {
  private let options: Options

  init(_ command: Command, _ options: Options) throws(InputError) {
    self.options = options
    guard !options.operands.isEmpty else {
      throw InputError("\(command.name)", "no records are named", remedy: "\(command.usage)")
    }
  }

  func run(_ caller: Caller) throws -> Int32 {
    try OpenBLAS.requireSoundness()
    let jobs = WorkShare.affordable(options.running.jobs ?? Cores.count)
    try OpenFiles.require(jobs: jobs)
    let stop = StopRequest.listening(caller.console.pipes, answeringOn: caller.console.terminal)
    do { return try verify(caller, stop, jobs) } catch ConsoleError.closed {
      // Maps that nobody heard of were not found to be the same.
      return stop.signal.map(StopRequest.exitStatus) ?? ExitStatus.failure
    }
  }

  private func verify(_ caller: Caller, _ stop: StopRequest, _ jobs: Int) throws -> Int32 {
    let files = try options.operands.map { path throws(InputError) in
      try RecordLines(path, stop: stop)
    }
    let tally = Mutex(Tally())
    let (digests, budget) = (ModelDigests(), MemoryBudget(.now()))
    stop.begin()
    var left = files.enumerated().map { (number: $0.offset, lines: $0.element) }[...]
    try OrderedWork.run(
      { stop.signal == nil ? try Self.nextLine(of: &left) : nil }, workers: jobs, window: 16 + 4 * jobs,
      makeWorker: {
        let verifier = RecordVerifier(options, digests, budget, stop, caller.readRecipe)
        return { (file: $0.file, finding: verifier.verify($0.line, of: files[$0.file].name)) }
      },
      deliver: { file, finding in
        tally.withLock { $0.add(finding, of: file) }
        for (verification, text) in finding.results where verification != .same || options.verbosity == .verbose {
          try caller.console.print(printable(text))
        }
      })
    let found = tally.withLock { $0 }
    try caller.console.printConclusion(
      Verification.allCases.map { "\((found.counts[$0] ?? 0).grouped) \($0.rawValue)" }.joined(separator: ", "))
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    let holdsNone = files.indices.filter { !found.filesWithRecords.contains($0) }
    for number in holdsNone {
      caller.console.report(InputError("\(files[number].name)", "holds no record", remedy: Self.remedy))
    }
    if !holdsNone.isEmpty { return ExitStatus.usage }
    let bad = (found.counts[.differs] ?? 0) + (found.counts[.notVerified] ?? 0)
    return bad == 0 ? ExitStatus.success : ExitStatus.failure
  }

  private static let remedy: Message = "lines that gradcam explain --jsonl or --records writes"

  /// What was found so far.
  private struct Tally {
    var counts: [Verification: Int] = [:]
    /// By their numbers, the files that hold a record, or part of one.
    var filesWithRecords: Set<Int> = []

    mutating func add(_ finding: RecordVerifier.Finding, of file: Int) {
      if finding.isRecord { filesWithRecords.insert(file) }
      for (verification, _) in finding.results { counts[verification, default: 0] += 1 }
    }
  }

  private static func nextLine(
    of files: inout ArraySlice<(number: Int, lines: RecordLines)>
  ) throws(InputError) -> (file: Int, line: RecordLines.Line)? {
    while let file = files.first {
      if let line = try file.lines.next() { return (file.number, line) }
      files.removeFirst()
    }
    return nil
  }
}
