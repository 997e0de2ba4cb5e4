/// What the classes of a model are called in file names.
struct TargetNames: Sendable {
  private let names: [String]

  /// - Parameter labels: one a class. Those that files could not tell apart get the class's index.
  init(labels: [String]) {
    let plain = labels.map { String(decoding: FileName.safe($0), as: UTF8.self) }
    var uses: [String: Int] = [:]
    for name in plain { uses[name, default: 0] += 1 }
    var taken = Set(uses.keys)
    names = plain.enumerated().map { index, name in
      guard uses[name, default: 0] > 1 else { return name }
      var numbered = "\(name)-\(index)"
      while !taken.insert(numbered).inserted { numbered += "_" }
      return numbered
    }
  }

  /// The name of a class; its index where it has no label.
  subscript(index: Int) -> String { names.indices.contains(index) ? names[index] : "\(index)" }
}
