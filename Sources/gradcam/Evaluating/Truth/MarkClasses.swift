import GradCAMCore
import ModelFormats

/// A model's classes by what files call them: a name in any case, with _ or spaces between its words, or an index.
struct MarkClasses {
  private let names: [String: Int]
  /// What errors say of the model's classes.
  private let known: String
  private let count: Int

  init(_ model: Model) {
    let labels = model.classNames
    count = model.outputCount == 1 ? 2 : model.outputCount
    names = Dictionary(zip(labels.map(Self.plain), 0...), uniquingKeysWith: { first, _ in first })
    known = labels.isEmpty ? "\(count) classes without names" : labels.map { $0.printable.clipped(to: 24) }.listed(4)
  }

  /// By word the class's index; nil where the model has none.
  ///
  /// - Throws: `InputError` without a subject where it has none of them.
  func indices(of words: [String]) throws(InputError) -> (indices: [Int?], note: Message?) {
    let indices = words.map(index)
    let unknown = words.indices.filter { indices[$0] == nil }.map { words[$0] }
    if unknown.isEmpty { return (indices, nil) }
    let list = unknown.map { $0.printable.clipped(to: 24) }.listed(3, saysCount: true)
    guard unknown.count < words.count else {
      throw InputError("", "the model has none of its classes: \(list)", remedy: "--labels names the model's: \(known)")
    }
    return (indices, "the model has no class \(list); marks of such are left out")
  }

  private func index(_ word: String) -> Int? {
    names[Self.plain(word)] ?? Int(word).flatMap { (0..<count).contains($0) ? $0 : nil }
  }

  private static func plain(_ name: String) -> String { String(name.lowercased().map { $0 == "_" ? " " : $0 }) }
}
