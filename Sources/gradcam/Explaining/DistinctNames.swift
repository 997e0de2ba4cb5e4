/// What the classes or the modules of a model are called in file names: all differently, whatever the model's file calls them.
///
/// Names differ where their bytes do, as files' names do: letters whose accents are composed otherwise are two names.
struct DistinctNames: Sendable {
  private let names: [String]
  private let kind: String
  private let isTaken: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - words: one each. Those that files could not tell apart get their index.
  ///   - kind: what they are, for names of those that have none of their own.
  ///   - isTaken: whether a word means something else in a file's name.
  init(_ words: [String], kind: String, isTaken: @escaping @Sendable (String) -> Bool = { _ in false }) {
    (self.kind, self.isTaken) = (kind, isTaken)
    let plain = words.enumerated().map { index, word in
      let name = String(decoding: FileName.safe(word), as: UTF8.self)
      return isTaken(name) ? "\(kind)-\(index)" : name
    }
    var uses: [[UInt8]: Int] = [:]
    for name in plain { uses[Array(name.utf8), default: 0] += 1 }
    var taken = Set(uses.keys)
    names = plain.enumerated().map { index, name in
      guard uses[Array(name.utf8), default: 0] > 1 else { return name }
      var numbered = "\(name)-\(index)"
      while !taken.insert(Array(numbered.utf8)).inserted { numbered += "_" }
      return numbered
    }
  }

  /// The name of a class; its index where it has no label.
  subscript(index: Int) -> String {
    if names.indices.contains(index) { return names[index] }
    return isTaken("\(index)") ? "\(kind)-\(index)" : "\(index)"
  }
}
