/// What a map explains, in words: a class, and which side of it.
public struct MapQuestion: Sendable, Hashable, CustomStringConvertible {
  /// The side of the class that is explained; `rawValue` is how records have it.
  public enum Mode: String, Sendable, CaseIterable {
    /// What speaks for the class.
    case evidenceFor = "for"
    /// What speaks against it.
    case evidenceAgainst = "against"
    /// What speaks for it and not for another class.
    case ratherThan = "rather than"

    /// What the evidence says, as in "nothing in the layer speaks for this class".
    var claim: String {
      switch self {
      case .evidenceFor: "for this class"
      case .evidenceAgainst: "against this class"
      case .ratherThan: "for this class rather than the other"
      }
    }

    /// What the opposite evidence says of the same class.
    public var counterclaim: String {
      switch self {
      case .evidenceFor: "against it"
      case .evidenceAgainst: "for it"
      case .ratherThan: "for the other"
      }
    }
  }

  /// What the class is called.
  public let className: String
  /// The side of it.
  public let mode: Mode
  /// The class that it is told from; nil unless the mode is `ratherThan`.
  public let otherName: String?
  /// Whether the method knows classes at all; a map of one that does not is the same for all of them.
  public let knowsClass: Bool

  /// A question about a class of this name.
  public init(_ className: String, _ mode: Mode = .evidenceFor, other otherName: String? = nil, knowsClass: Bool = true)
  {
    (self.className, self.mode, self.otherName, self.knowsClass) = (className, mode, otherName, knowsClass)
  }

  /// `evidence for opacity`, `evidence against opacity`, `evidence for cat rather than dog`; `no class` of a method that knows none.
  public var description: String { knowsClass ? "evidence \(side)" : "no class" }

  /// The description without its first word: `for opacity`.
  public var side: String {
    switch mode {
    case .evidenceFor: "for \(className)"
    case .evidenceAgainst: "against \(className)"
    case .ratherThan: "for \(className) rather than \(otherName ?? "another")"
    }
  }
}

extension Prediction.Entry {
  /// The label, or the number of a class that has none.
  public var name: String { label ?? "class \(index)" }
}
