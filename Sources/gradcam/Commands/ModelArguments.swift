import Glibc
import GradCAMCore
import ModelFormats

extension ModelOptions {
  /// What was typed about the model, in the library's terms.
  ///
  /// - Throws: `InputError` naming the file of labels.
  func overrides(layer: String? = nil) throws(InputError) -> Model.Overrides {
    var overrides = Model.Overrides()
    (overrides.architecture, overrides.preprocessing, overrides.layer) = (architecture, preprocess, layer)
    if let shape = inputShape { overrides.inputShape = (shape.channels, shape.height, shape.width) }
    overrides.outputName = outputName
    if let labels { overrides.labels = try LabelFile.read(labels) }
    return overrides
  }
}

extension Model {
  /// The layers that were typed, each once however it was spelled.
  ///
  /// - Throws: `InputError` about `--layer`.
  func layers(_ typed: [String]) throws(InputError) -> [String] {
    var layers: [String] = []
    for path in typed {
      let layer = try graph.resolveOption(path)
      if !layers.contains(layer) { layers.append(layer) }
    }
    return layers
  }
}

extension OpenBLAS {
  /// Refuses to compute anything with a library that does so wrongly.
  static func requireSoundness() throws(InputError) {
    guard !isSound else { return }
    throw InputError(
      "OpenBLAS", "multiplies wrongly on this processor", remedy: "another version, or OPENBLAS_CORETYPE=Haswell")
  }
}

/// A text file with a label a line.
enum LabelFile {
  /// The labels; blank lines at the end are no labels.
  ///
  /// - Throws: `InputError` naming the file: not readable, not UTF-8, a blank line between labels.
  static func read(_ path: FilePath) throws(InputError) -> [String] {
    let file = try FileBytes(path: path)
    // As bytes: "\r\n" is one Character.
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      throw InputError("\(path)", "is not UTF-8 text", remedy: "a label a line")
    }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    if let blank = lines.firstIndex(of: "") {
      throw InputError("\(path)", "line \(blank + 1) is blank", remedy: "a label a line")
    }
    return lines
  }
}

extension Console {
  /// Tells what was found in folders beside images.
  func tell(_ finds: ImageStream.Finds) {
    for folder in finds.emptyFolders { warn(InputError("\(folder)", "holds no image")) }
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
    case .diskFull, nil: break
    }
    guard verbosity != .quiet else { return }
    if let signal { note("gradcam: ended by \(signalName(signal)); what was under way is finished") }
    guard let line = summary.line else { return }
    note("gradcam: \(line)")
    detail("peak memory: \(peakMegabytes) MB")
  }

  /// The most memory that the process has held. What `getrusage` tells is also that of the process which started this one.
  private var peakMegabytes: Int {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var status = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &status, status.count)
    let text = String(decoding: status.prefix(max(count, 0)), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return Int(line?.filter(\.isNumber) ?? "").map { $0 / 1024 } ?? 0
  }

  private func signalName(_ signal: Int32) -> String {
    [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"][signal] ?? "signal \(signal)"
  }

  /// Tells what was assumed of a model, and what may be wrong with it.
  func introduce(_ model: Model, at path: FilePath) {
    for warning in model.warnings { warn(InputError("\(path)", "\(warning)")) }
    guard verbosity != .quiet else { return }
    for assumption in model.assumptions { note("gradcam: \(path): \(assumption.withFlags)") }
    if model.labels.isEmpty && model.outputCount == 1000 {
      note("gradcam: \(path): has no labels; if its classes are ImageNet's: --labels models/labels/imagenet-1k.txt")
    }
  }
}
