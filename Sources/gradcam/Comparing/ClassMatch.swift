import GradCAMCore
import ModelFormats

/// Which class of the new model is which of the old one's.
struct ClassMatch: Sendable {
  /// By the old model's index, the new one's, and the other way round.
  let toNew, toOld: [Int]
  /// What was assumed; nil where labels tell.
  let note: InputError?

  /// - Throws: `InputError` naming the new model, and what tells its classes from the old one's.
  init(_ old: Model, at oldPath: FilePath, _ new: Model, at newPath: FilePath) throws(InputError) {
    let counts = (max(old.outputCount, 2), max(new.outputCount, 2))
    let remedy: Message = "two models of the same classes"
    guard counts.0 == counts.1 else {
      throw InputError(
        "\(newPath)", "has \(counts.1.grouped) classes, and \(oldPath) has \(counts.0.grouped)", remedy: remedy)
    }
    let same = Array(0..<counts.0)
    guard !old.labels.isEmpty, !new.labels.isEmpty else {
      (toNew, toOld) = (same, same)
      let unlabelled = old.labels.isEmpty ? oldPath : newPath
      note =
        old.labels.isEmpty && new.labels.isEmpty
        ? nil
        : InputError("\(unlabelled)", "has no labels, and its classes are taken to stand in the other model's order")
      return
    }
    note = nil
    // Case tells no classes apart, unless it does in one of the models.
    let folds = [old.labels, new.labels].allSatisfy { Set($0.map { $0.lowercased() }).count == Set($0).count }
    let names = [old.labels, new.labels].map { labels in folds ? labels.map { $0.lowercased() } : labels }
    if names[0] == names[1] {
      (toNew, toOld) = (same, same)
      return
    }
    if let missing = names[0].firstIndex(where: { !names[1].contains($0) }) {
      let name = old.labels[missing].brief(60)
      throw InputError(
        "\(newPath)", "has no class '\(name)', which \(oldPath) has",
        remedy: "\(remedy); --labels FILE names those of both")
    }
    let indices = Dictionary(zip(names[1], same), uniquingKeysWith: { first, _ in first })
    let found = names[0].compactMap { indices[$0] }
    guard Set(found).count == counts.0 else {
      throw InputError(
        "\(newPath)", "has the classes of \(oldPath) in another order, and several of one name",
        remedy: "--labels FILE names those of both")
    }
    var back = same
    for (old, new) in found.enumerated() { back[new] = old }
    (toNew, toOld) = (found, back)
  }
}
