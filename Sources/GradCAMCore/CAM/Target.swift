public import ModelFormats

/// Which class is explained, as a user says it.
public enum Target: Sendable, Hashable {
  /// The class that the network is surest of; of a network with one output, that output.
  case top
  case top5
  case all
  case index(Int)
  case label(String)

  /// Reads a target as users type it: `top`, `top5`, `all`, an index, else a label.
  public init(parsing text: String) {
    switch text {
    case "top": self = .top
    case "top5": self = .top5
    case "all": self = .all
    default: self = Int(text).map(Target.index) ?? .label(text)
    }
  }

  /// Checks the target against a model, before any image is read.
  ///
  /// - Throws: `InputError` about `target`: an index out of range, a label that the model does not have.
  public func check(labels: [String], outputCount: Int) throws(InputError) {
    let count = outputCount == 1 ? 2 : outputCount
    switch self {
    case .top, .top5, .all: return
    case .index(let index):
      guard !(0..<count).contains(index) else { return }
      // A label may look like a number.
      try expectOne("\(index)", labels)
      if labels.contains("\(index)") { return }
      throw InputError(.target, "\(index) is no class of this model", remedy: "0 to \(count - 1)")
    case .label(let label):
      try expectOne(label, labels)
      if labels.contains(label) { return }
      if outputCount == 1 && ["negative", "positive"].contains(label) { return }
      let known = labels.isEmpty ? (outputCount == 1 ? ["negative", "positive"] : []) : labels
      let near = nearest(to: label, among: known, count: 3)
      let remedy: Message =
        known.isEmpty
        ? "the model has no labels: an index from 0 to \(count - 1), or \(.labels) FILE"
        : "nearest: \((near.isEmpty ? Array(known.prefix(3)) : near).joined(separator: ", "))"
      throw InputError(.target, "'\(label)' is no class of this model", remedy: remedy)
    }
  }

  /// Refuses a label that several classes have.
  private func expectOne(_ label: String, _ labels: [String]) throws(InputError) {
    let indices = Self.indices(of: label, in: labels)
    guard indices.count > 1 else { return }
    let shown = indices.prefix(5).map(String.init).joined(separator: ", ") + (indices.count > 5 ? ", …" : "")
    throw InputError(
      .target, "'\(label)' is the label of \(indices.count) classes", remedy: "one of the indices \(shown)")
  }

  /// The classes of a label: those that are spelled like it to the byte, else those whose accents are composed otherwise.
  private static func indices(of label: String, in labels: [String]) -> [Int] {
    let alike = labels.indices.filter { labels[$0] == label }
    let same = alike.filter { labels[$0].utf8.elementsEqual(label.utf8) }
    return same.isEmpty ? alike : same
  }

  /// The classes that are meant, for an image with this prediction.
  ///
  /// - Precondition: the target was checked against the model.
  func resolve(_ prediction: Prediction, labels: [String]) -> [Prediction.Entry] {
    let fixed = fixedIndex(labels: labels, outputCount: prediction.outputCount)
    if let fixed { return [prediction.classes[fixed]] }
    switch self {
    case .top: return [prediction.ranking[0]]
    case .top5: return Array(prediction.ranking.prefix(5))
    case .all: return prediction.classes
    case .index, .label: return []
    }
  }

  /// The class's index, where it does not depend on the image.
  func fixedIndex(labels: [String], outputCount: Int) -> Int? {
    let count = outputCount == 1 ? 2 : outputCount
    switch self {
    case .top where outputCount == 1: return 1
    case .top, .top5, .all: return nil
    case .index(let index): return (0..<count).contains(index) ? index : Self.indices(of: "\(index)", in: labels).first
    case .label(let label): return Self.indices(of: label, in: labels).first ?? (label == "negative" ? 0 : 1)
    }
  }
}

extension Target: CustomStringConvertible {
  /// How `init(parsing:)` reads it.
  public var description: String {
    switch self {
    case .top: "top"
    case .top5: "top5"
    case .all: "all"
    case .index(let index): "\(index)"
    case .label(let label): label
    }
  }

  /// Whether it may stand for several classes.
  public var isSeveral: Bool { self == .top5 || self == .all }
}
