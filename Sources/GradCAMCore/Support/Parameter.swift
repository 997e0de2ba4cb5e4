public import ModelFormats

/// What a user chooses, as far as errors and assumptions of the library name it. A command line spells `layer` as `layer`.
public enum Parameter: String, Sendable, CaseIterable {
  case activation, against, alpha, arch, batch, budget, colormap, counterfactual, frame, fuse, gamma, head, labels
  case layer, method, metrics, normalize, preprocess, samples, scale, state, target, window
  case discardRatio = "discard-ratio"
  case headFusion = "head-fusion"
  case inputShape = "input-shape"
  case maxPixels = "max-pixels"
  case outputName = "output-name"
}

extension Message.StringInterpolation {
  /// Names a parameter.
  public mutating func appendInterpolation(_ parameter: Parameter) {
    appendInterpolation(parameter: parameter.rawValue)
  }
}

extension InputError {
  init(_ subject: Parameter, _ problem: Message, remedy: Message? = nil) {
    self.init("\(subject)", problem, remedy: remedy)
  }

  /// The same error, about `subject` where it names nothing itself.
  func about(_ subject: Parameter) -> InputError { about("\(subject)") }
}
