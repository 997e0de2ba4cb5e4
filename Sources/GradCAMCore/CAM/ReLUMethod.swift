import ModelFormats

/// A method that changes what ReLUs pass back.
protocol ReLUMethod: CAMMethod {}

extension ReLUMethod {
  public var isSigned: Bool { true }
  public var hasOutliers: Bool { true }
  public func check(_ site: MethodSite) throws(InputError) {
    guard site.model.graph.rectifiers.isEmpty else { return }
    throw InputError(.method, "\(name) changes what ReLUs pass back, and the model has none", remedy: "saliency")
  }
}

/// The picture of what the ReLUs pass back to the input.
protocol ReLUPicture: ReLUMethod {
  var rule: NetworkRunner.ReLUBackward { get }
}

extension ReLUPicture {
  public var needs: MethodNeeds { [.input, .backwardPasses] }

  public func explain(_ evidence: Evidence) throws -> Finding {
    try evidence.finding(fromReLUs: try evidence.network.gradientsThroughReLUs(evidence.score, rule))
  }
}

extension Evidence {
  /// A picture, 1 C H W of the input, of what the ReLUs passed back. One that is empty says whether the score depends on the input at
  /// all, or on nothing that speaks for it.
  func finding(fromReLUs gradients: Tensor) throws -> Finding {
    var finding = Finding(gradients, .sum, settings)
    if gradients.isZero {
      finding.verdict = try network.inputGradients(of: score, at: input).isZero ? indifference : .allNegative
    }
    return finding
  }
}

extension Graph {
  /// The paths of all modules that are a ReLU, or a ReLU with a bound above.
  var rectifiers: [String] {
    let calls = nodes.filter(\.operation.isRectifier).map(\.call)
    return Set(calls.map { self.calls[$0].module }).sorted().map { modules[$0].path }
  }
}

extension NetworkRunner {
  /// What a ReLU passes back.
  enum ReLUBackward {
    /// max(∂, 0) where it was open.
    case guided
    /// max(∂, 0), open or not.
    case deconvolved
  }

  /// The score's gradient at the input, 1 C H W, with other gradients passing the ReLUs.
  func gradientsThroughReLUs(_ score: Score, _ rule: ReLUBackward) throws -> Tensor {
    try inputGradients(of: score, at: input) { session in
      for path in session.graph.rectifiers {
        _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { _, gradInputs, gradOutputs in
          switch rule {
          case .guided: gradInputs.map { $0?.mapped { max($0, 0) } }
          case .deconvolved: gradInputs.map { $0.map { _ in gradOutputs[0].mapped { max($0, 0) } } }
          }
        }
      }
    }
  }
}
