import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  static let verify = Command(
    name: "verify", summary: "make the maps of records again and say which differ",
    operands: "[OPTIONS] RECORDS...", operandOffer: { .files },
    notes: [
      "RECORDS are files of records as explain --jsonl and --records write them; - reads them from standard input. Paths in "
        + "them are found from the current folder. Every map is made again with the options of its record, from an image and a "
        + "model that must be the same to the byte. On the kind of processor that made it a map must be the same bytes; on "
        + "another, within a bound, which is of its means over 16×16 cells where it has more: 1e-4 of its largest magnitude "
        + "or of the strongest evidence that was cut off; 1e-3 for occlusion, which shows differences of scores.",
      "Gradients jump where rounding decides whether a ReLU is open. Maps that show gradients behind one (attributions at the input; layers "
        + "that a ReLU, a maximum or another kink comes after) and fem are bound to 0.05 of their largest magnitude, and on the mean "
        + "to 0.002 of their mean one. The line of a map names its bound.",
      "A line is printed for each map that is not the same, and the counts at the end.",
    ],
    examples: ["gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl | gradcam verify -"],
    exitStatuses: [
      ("0", "all maps are the same, or agree on another kind of processor"),
      ("1", "a map differs or could not be made again"),
      ("2", "bad usage, or records that cannot be read"),
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
    let stop = StopRequest.listening()
    let files = try options.operands.map { path throws(InputError) in
      try RecordLines(path, stop: stop)
    }
    let counts = Mutex<[Verification: Int]>([:])
    let digests = ModelDigests()
    let jobs = options.running.jobs ?? Cores.count
    stop.begin()
    var left = files[...]
    try OrderedWork.run(
      { stop.signal == nil ? try Self.nextLine(of: &left) : nil }, workers: jobs, window: 16 + 4 * jobs,
      makeWorker: {
        let verifier = RecordVerifier(options, digests, stop, caller.readRecipe)
        return { verifier.verify($0.line, of: $0.file) }
      },
      deliver: { results in
        for (verification, text) in results {
          counts.withLock { $0[verification, default: 0] += 1 }
          if verification != .same || options.verbosity == .verbose { try caller.console.print(printable(text)) }
        }
      })
    let counted = counts.withLock { $0 }
    try caller.console.print(
      Verification.allCases.map { "\((counted[$0] ?? 0).grouped) \($0.rawValue)" }.joined(separator: ", "))
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    let bad = (counted[.differs] ?? 0) + (counted[.notVerified] ?? 0)
    return bad == 0 ? ExitStatus.success : ExitStatus.failure
  }

  private static func nextLine(
    of files: inout ArraySlice<RecordLines>
  ) throws(InputError) -> (file: String, line: RecordLines.Line)? {
    while let file = files.first {
      if let line = try file.next() { return (file.name, line) }
      files.removeFirst()
    }
    return nil
  }
}
