public import ModelFormats

/// Which class is explained, as a user says it.
public enum Target: Sendable, Hashable {
  /// The class that the network is surest of; of a network with one output, that output.
  case top
  /// So many classes that it is surest of, fewer where it has fewer.
  case best(Int)
  case all
  case index(Int)
  case label(String)

  /// The five classes that the network is surest of.
  public static let top5 = Target.best(5)

  /// Reads a target as users type it: `top`, `top5` or any other number, `all`, an index, else a label.
  public init(parsing text: String) {
    switch text {
    case "top": self = .top
    case "all": self = .all
    default: self = Self.count(text).map(Target.best) ?? Int(text).map(Target.index) ?? .label(text)
    }
  }

  /// Reads one target, or several indexes between commas: `3,5,7`. Whether a comma separates labels is told by a model's.
  public static func several(parsing text: String) -> [Target] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.map { part in Int(part.drop { $0 == " " }) }
    guard parts.count > 1, numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else { return [Target(parsing: text)] }
    return numbers.compactMap { $0.map(Target.index) }
  }

  /// The classes of labels between commas, `cat,fox`, where each is one of the model's and the whole is none; else the target itself.
  func separated(labels: [String], outputCount: Int) -> [Target] {
    guard case .label(let text) = self, Self.indices(of: text, in: labels).isEmpty else { return [self] }
    let parts = Self.parts(of: text)
    guard parts.count > 1, parts.allSatisfy({ $0.isClass(of: labels, outputCount) }) else { return [self] }
    return parts
  }

  private static func parts(of text: String) -> [Target] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let inner = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return Target(parsing: String(inner))
    }
  }

  private func isClass(of labels: [String], _ outputCount: Int) -> Bool {
    switch self {
    case .index(let index):
      0 <= index && index < max(outputCount, 2) || Self.indices(of: "\(index)", in: labels).count == 1
    case .label(let label): Self.indices(of: label, in: labels).count == 1
    case .top, .best, .all: false
    }
  }

  /// How many classes `top5` and its like ask for; nil for other words.
  private static func count(_ text: String) -> Int? {
    let digits = text.utf8.dropFirst(3)
    guard text.hasPrefix("top"), digits.allSatisfy({ (48...57).contains($0) }), let count = Int(text.dropFirst(3)),
      count > 0
    else { return nil }
    return count
  }

  /// Checks the target against a model, before any image is read.
  ///
  /// - Throws: `InputError` about `target`: an index out of range, a label that the model does not have.
  public func check(labels: [String], outputCount: Int) throws(InputError) {
    let count = outputCount == 1 ? 2 : outputCount
    switch self {
    case .top, .best, .all: return
    case .index(let index):
      guard !(0..<count).contains(index) else { return }
      // A label may look like a number.
      try expectOne("\(index)", labels)
      if labels.contains("\(index)") { return }
      throw InputError(.target, "\(index) is no class of this model", remedy: "0 to \(count - 1)")
    case .label(let label):
      try expectOne(label, labels)
      if !Self.indices(of: label, in: labels).isEmpty { return }
      if outputCount == 1 && ["negative", "positive"].contains(label.lowercased()) { return }
      // Of several labels, the one that is none is at fault.
      let parts = Self.parts(of: label)
      if parts.count > 1, parts.contains(where: { $0.isClass(of: labels, outputCount) }) {
        for part in parts { try part.check(labels: labels, outputCount: outputCount) }
      }
      let known = labels.isEmpty ? (outputCount == 1 ? ["negative", "positive"] : []) : labels
      let near = nearest(to: label, among: known, count: 3)
      let remedy: Message =
        known.isEmpty
        ? "the model has no labels: an index from 0 to \(count - 1), or \(.labels) FILE"
        : near.isEmpty
          ? "such as \(known.prefix(3).joined(separator: ", "))" : "nearest: \(near.joined(separator: ", "))"
      throw InputError(.target, "'\(label)' is no class of this model", remedy: remedy)
    }
  }

  /// Refuses a label that several classes have.
  private func expectOne(_ label: String, _ labels: [String]) throws(InputError) {
    let indices = Self.indices(of: label, in: labels)
    guard indices.count > 1 else { return }
    let shown = indices.lazy.map { "\($0)" }.listed(5)
    throw InputError(
      .target, "'\(label)' is the label of \(indices.count) classes", remedy: "one of the indices \(shown)")
  }

  /// The classes of a label: those that are spelled like it to the byte, else those whose accents are composed otherwise, else those
  /// that differ in the case of letters alone.
  private static func indices(of label: String, in labels: [String]) -> [Int] {
    let alike = labels.indices.filter { labels[$0] == label }
    let same = alike.filter { labels[$0].utf8.elementsEqual(label.utf8) }
    if !alike.isEmpty { return same.isEmpty ? alike : same }
    let small = label.lowercased()
    return labels.indices.filter { labels[$0].lowercased() == small }
  }

  /// The classes that are meant, for an image with this prediction.
  ///
  /// - Precondition: the target was checked against the model.
  func resolve(_ prediction: Prediction, labels: [String]) -> [Prediction.Entry] {
    let fixed = fixedIndex(labels: labels, outputCount: prediction.outputCount)
    if let fixed { return [prediction.classes[fixed]] }
    switch self {
    case .top: return prediction.best(1)
    case .best(let count): return prediction.best(count)
    case .all: return prediction.classes
    case .index, .label: return []
    }
  }

  /// The class's index, where it does not depend on the image.
  func fixedIndex(labels: [String], outputCount: Int) -> Int? {
    let count = outputCount == 1 ? 2 : outputCount
    switch self {
    case .top where outputCount == 1: return 1
    case .top, .best, .all: return nil
    case .index(let index): return (0..<count).contains(index) ? index : Self.indices(of: "\(index)", in: labels).first
    case .label(let label):
      return Self.indices(of: label, in: labels).first ?? (label.lowercased() == "negative" ? 0 : 1)
    }
  }
}

extension Target: CustomStringConvertible {
  /// How `init(parsing:)` reads it.
  public var description: String {
    switch self {
    case .top: "top"
    case .best(let count): "top\(count)"
    case .all: "all"
    case .index(let index): "\(index)"
    case .label(let label): label
    }
  }

  /// Whether it may stand for several classes.
  public var isSeveral: Bool {
    switch self {
    case .best(let count): count > 1
    case .all: true
    case .top, .index, .label: false
    }
  }

  /// Whether it is another class for another image.
  public var dependsOnImage: Bool {
    switch self {
    case .top, .best: true
    case .all, .index, .label: false
    }
  }
}
