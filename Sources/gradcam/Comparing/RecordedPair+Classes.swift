import GradCAMCore
import ModelFormats

extension RecordedPair {
  /// Why the models of an image's records have other classes than each other: one number stands for two labels, neither of which the other
  /// model has elsewhere; nil where that does not show. Case tells no labels apart.
  ///
  /// - Parameter files: of the records.
  static func unlikeClasses(
    _ old: [ExplanationRecord], _ new: [ExplanationRecord], _ files: (old: FilePath, new: FilePath)
  ) -> InputError? {
    let (olds, news) = (labels(old), labels(new))
    let folded = (Set(olds.values.map { $0.lowercased() }), Set(news.values.map { $0.lowercased() }))
    for (index, label) in olds.sorted(by: { $0.key < $1.key }) {
      guard let other = news[index], other.lowercased() != label.lowercased() else { continue }
      // Of classes in another order the labels tell.
      guard !folded.0.contains(other.lowercased()), !folded.1.contains(label.lowercased()) else { continue }
      return InputError(
        "\(files.new)",
        "calls class \(index) '\(other.brief(40))', and \(files.old) '\(label.brief(40))'",
        remedy: "records of models of the same classes")
    }
    return nil
  }

  /// By number, the labels that records name.
  private static func labels(_ records: [ExplanationRecord]) -> [Int: String] {
    var labels: [Int: String] = [:]
    for record in records {
      for entry in record.prediction { labels[entry.index] = entry.label ?? labels[entry.index] }
      for target in record.maps.flatMap({ [$0.target, $0.against].compactMap { $0 } }) {
        labels[target.index] = target.label ?? labels[target.index]
      }
    }
    return labels
  }

  /// Why two files have no pair of maps of an image that both have, and what would be right.
  static func cause(_ old: [ExplanationRecord], _ new: [ExplanationRecord]) -> (problem: String, remedy: String) {
    func names(_ name: (MapRecord) -> String) -> (Set<String>, Set<String>) {
      (Set(old.flatMap(\.maps).map(name)), Set(new.flatMap(\.maps).map(name)))
    }
    func words(_ names: Set<String>) -> String { names.sorted().listed(3).shortened(to: 50) }
    let kinds: [(name: String, of: (MapRecord) -> String, remedy: String)] = [
      ("are made by", \.method, "one --method"), ("explain", \.target.name, "one --target"),
      ("are of", \.layer, "one --layer"), ("show", \.mode, "one mode"),
    ]
    for kind in kinds {
      let (one, other) = names { kind.of($0).lowercased() }
      guard one.isDisjoint(with: other) else { continue }
      return (
        "those \(kind.name) \(words(one)), these \(words(other))", "\(kind.remedy) for both runs of gradcam explain"
      )
    }
    return ("they answer other questions", "the same options for both runs of gradcam explain")
  }
}

extension ExplanationRecord {
  /// The class that the model is surest of; nil where its scores are not finite, which are null in records.
  var answer: PredictionRecord? {
    prediction.contains { $0.logit == nil && $0.probability == nil } ? nil : prediction.first
  }
}
