import ModelFormats

extension TrunkFit {
  /// What keeps a state dict from being the architecture's, in one line.
  ///
  /// - Parameter isChosen: whether the user chose the architecture.
  func error(isChosen: Bool) -> InputError {
    let what = isChosen ? "is not the architecture \(architecture.spec)" : "fits no known architecture"
    let nearest = isChosen ? "" : "; the nearest is \(architecture.spec)"
    // As many names of each kind as a line of the usual length has room for, and as much of them.
    let sizes = [(4, 50), (3, 50), (2, 50), (1, 50), (1, 20)]
    let texts = sizes.lazy.map { "\(what)\(nearest): \(self.list(naming: $0, inScalars: $1))" }
    let text = texts.first { $0.utf8.count <= 225 } ?? "\(what)\(nearest)"
    return InputError("", "\(text)", remedy: .exportInstead)
  }

  private func list(naming count: Int, inScalars limit: Int) -> String {
    func name(_ name: String) -> String { name.brief(limit) }
    let kinds = [
      ("missing", missing.map { "\(name($0.name)) \($0.shape)" }),
      ("mis-shaped", misshaped.map { "\(name($0.name)) \($0.found), not \($0.expected)" }),
      ("unexpected", unexpected.sorted().map(name)),
    ]
    return kinds.filter { !$0.1.isEmpty }.map { kind, tensors in "\(kind) \(tensors.listed(count, saysCount: true))" }
      .joined(separator: "; ")
  }
}
