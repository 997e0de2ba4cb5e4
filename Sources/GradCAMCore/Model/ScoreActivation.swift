public import ModelFormats

/// What makes probabilities of a model's scores, and how that is known.
public struct ScoreActivation: Sendable, Hashable, Codable {
  /// Where it is known from.
  public enum Source: String, Sendable, Codable {
    /// The network's last operations.
    case graph
    /// What the model's file says beside its network.
    case file
    /// What the user says.
    case option
    /// The numbers that left the network are shares already, which its operations do not tell.
    case output
    /// Nothing: the usual.
    case assumed
  }

  /// What makes probabilities of the scores. `none` where they are no logits: then there are none, unless what leaves the network
  /// are probabilities itself.
  public let kind: FinalActivation
  /// How it is known.
  public let source: Source
}

/// What a user says of a model's scores.
public enum ActivationChoice: String, Sendable, CaseIterable {
  /// What the graph or the file tells, else the usual.
  case auto
  case softmax, sigmoid, none

  /// nil for what is told elsewhere.
  var kind: FinalActivation? { self == .auto ? nil : FinalActivation(rawValue: rawValue) }
}

extension ScoreActivation {
  /// What the graph tells; else what the user says; else what the file does; else a softmax of several outputs, and a sigmoid of one.
  ///
  /// - Parameters:
  ///   - recorded: what a file of ours says.
  ///   - elsewhere: what another output of the file makes of this one.
  /// - Throws: `InputError` about `activation` for a choice that repeats or contradicts the graph, or contradicts the number of outputs; without a subject where
  ///   the file contradicts them.
  static func resolve(
    _ choice: ActivationChoice, recorded: ScoreActivation?, beside elsewhere: FinalActivation?, _ ending: Ending,
    outputCount: Int
  ) throws(InputError) -> ScoreActivation {
    let usual = ScoreActivation(kind: outputCount == 1 ? .sigmoid : .softmax, source: .assumed)
    if let kind = choice.kind {
      if let problem = repetition(kind, ending) ?? contradiction(kind, ending, outputCount) {
        throw InputError(
          .activation, "\(kind.rawValue) \(problem)", remedy: ending.isKnown ? "leave it out" : "sigmoid or none")
      }
      return ScoreActivation(kind: kind, source: ending.isKnown ? .graph : .option)
    }
    if let recorded, let problem = contradiction(recorded.kind, ending, outputCount) {
      throw InputError("", "has a wrong gradcam.activation: \(recorded.kind.rawValue) \(problem)")
    }
    if ending.isKnown { return ScoreActivation(kind: ending.activation, source: .graph) }
    guard let recorded else {
      guard let elsewhere, contradiction(elsewhere, ending, outputCount) == nil else { return usual }
      return ScoreActivation(kind: elsewhere, source: .file)
    }
    return ScoreActivation(kind: recorded.kind, source: recorded.source == .assumed ? .assumed : .file)
  }

  /// Refuses to be told to do what the graph does: nobody says so who does not think that it is left to do.
  private static func repetition(_ kind: FinalActivation, _ ending: Ending) -> String? {
    guard ending.isKnown, kind == ending.activation, kind != .none else { return nil }
    return "would be a second one: the model applies it itself"
  }

  private static func contradiction(_ kind: FinalActivation, _ ending: Ending, _ outputCount: Int) -> String? {
    if ending.isKnown, kind != ending.activation {
      return ending.activation == .none
        ? "cannot be: what leaves the network are shares from 0 to 1 already"
        : "contradicts the model, which applies a \(ending.activation.rawValue) itself"
    }
    let isAlone = outputCount == 1 && kind == .softmax && !ending.isKnown
    return isAlone ? "is for several classes, and the model has one output" : nil
  }
}

extension Model {
  /// What is to be said of an activation that is assumed; nil where it is known.
  public var activationAssumption: Message? {
    guard activation.source == .assumed else { return nil }
    if outputCount == 1 {
      return """
        nothing tells what the one output is; assumed the score of a sigmoid (\(.activation) none where it is no such score)
        """
    }
    let exception = graph.ending.output == .unknown ? " unless they add up to 1 already" : ""
    return """
      nothing tells what makes probabilities of the \(outputCount) scores; assumed a \(activation.kind.rawValue)\(exception) \
      (\(.activation) sigmoid where each class has its own)
      """
  }

  /// What makes probabilities of one image's outputs, and the probabilities.
  func shares(of output: [Float]) -> (activation: ScoreActivation, shares: [Float]?) {
    let isTyped = activation.source == .option || activation.source == .file
    // What somebody says counts, but for a second softmax.
    if graph.ending.output == .unknown, activation.kind == .softmax || activation.kind == .sigmoid && !isTyped,
      output.isDistribution
    {
      return (ScoreActivation(kind: .none, source: .output), output)
    }
    return (activation, graph.ending.shares(of: output, isOutput: true, activation.kind))
  }
}

extension [Float] {
  /// Whether these are the shares of several classes in one whole, but for rounding.
  fileprivate var isDistribution: Bool {
    count > 1 && allSatisfy { $0 >= -1e-6 && $0 <= 1 + 1e-6 } && abs(reduce(0) { $0 + Double($1) } - 1) < 1e-3
  }
}
