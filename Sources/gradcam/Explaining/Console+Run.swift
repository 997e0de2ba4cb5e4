import Glibc
import GradCAMCore
import ModelFormats

extension Console {
  /// Tells what was found in folders beside images.
  ///
  /// - Parameter isStrict: whether a folder without images is an error.
  func tell(_ finds: ImageStream.Finds, isStrict: Bool) {
    for folder in finds.emptyFolders {
      let error = InputError("\(folder)", "holds no image")
      if isStrict { report(error) } else { warn(error) }
    }
    if finds.otherFiles > 0, verbosity != .quiet {
      note("gradcam: \(finds.otherFiles) file(s) in folders hold no image and were passed over")
    }
    if finds.overlays > 0 { detail("\(finds.overlays) overlay(s) of gradcam's in folders were passed over") }
  }

  /// Tells what a run of several images came to, and why it ended early.
  func tell(_ summary: RunSummary, ended end: RunEnd?, _ signal: Int32?, isSeveral: Bool) {
    switch end {
    case .diskFull(let error) where isSeveral:
      report(InputError("\(error.subject)", "the run ends here: there is no room", remedy: "free some, and --resume"))
    case .tooManyErrors(let most):
      report(InputError("--max-errors", "\(most) image(s) failed, and the run ends here"))
    case .unkept(let error) where isSeveral:
      report(InputError("\(error.subject)", "the run ends here: its records cannot be kept"))
    case .unprinted where isSeveral:
      report(
        InputError("standard output", "the run ends here: its results are kept nowhere else", remedy: "--records FILE"))
    case .unlisted(let error):
      report(error)
      report(InputError("\(error.subject)", "the run ends here: it is the list of images"))
    case .modelChanged(let error):
      let remedy: Message =
        "what is recorded was made before; --resume goes on with the model as it was, and begins anew with another"
      report(InputError(error.subject, "\(error.problem); the run ends here", remedy: error.remedy ?? remedy))
    case .diskFull, .unkept, .unprinted, nil: break
    }
    guard verbosity != .quiet else { return }
    if let signal { note("gradcam: ended by \(signalName(signal)); what was under way is finished") }
    guard let line = summary.line else { return }
    note("gradcam: \(line)")
    detail("peak memory: \(ProcessMemory.peakKilobytes / 1024) MB")
  }

  private func signalName(_ signal: Int32) -> String {
    [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"][signal] ?? "signal \(signal)"
  }
}
