import ModelFormats

/// A file's tensors, under names without what wrappers of modules add to them anywhere.
struct FileTensors {
  let records: [TensorRecord]
  let names: [String]

  /// Names of attributes under which DataParallel and torch.compile keep the module that they wrap.
  private static let wrappers: Set<Substring> = ["module", "_orig_mod"]

  init(_ records: [TensorRecord]) {
    self.records = records
    let names = records.map(\.name)
    let bare = names.map(Self.unwrapped)
    // Where two would have one name, the names are no wrappers'.
    self.names = bare == names || Set(bare).count < bare.count ? names : bare
  }

  private static func unwrapped(_ name: String) -> String {
    guard name.utf8.count < 4096, name.contains("module.") || name.contains("_orig_mod.") else { return name }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = parts.last else { return name }
    return (parts.dropLast().filter { !wrappers.contains($0) } + [last]).joined(separator: ".")
  }

  /// Whether a tensor counts batches, which networks do not compute with.
  func isCounter(_ index: Int) -> Bool { names[index].hasSuffix("num_batches_tracked") }

  /// Whether a tensor's module is by its name one that stands beside a network. The tensor's own name tells nothing: attention has an
  /// `in_proj_weight`, and is no projection head.
  func isBeside(_ index: Int) -> Bool {
    let name = names[index]
    let module = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    return NetworkRole.isBeside(String(module))
  }

  /// Whether a tensor inside a network may be there without changing what it computes: indexes, masks, counters.
  func isBuffer(_ index: Int) -> Bool {
    let record = records[index]
    guard record.elementCount > 1, [.float32, .float16, .bfloat16, .float64].contains(record.type) else { return true }
    return ["num_batches_tracked", "attn_mask", "relative_coords_table"].contains { names[index].hasSuffix($0) }
  }

  /// Whether a tensor belongs to a layer that changes feature maps, or to one that is no layer of a head: what stands between a trunk
  /// and its head cannot be told from what stands beside them.
  func isForeignLayer(_ index: Int) -> Bool {
    let shape = records[index].shape
    if shape.count > 2 { return shape.dropFirst(2).contains { $0 != 1 } || shape.count != 4 }
    let name = names[index]
    return shape.count == 2
      && (name.contains("in_proj_weight") || name.contains("weight_ih_l") || name.contains("weight_hh_l"))
  }
}

/// A part of a file's tensors, under the names that an architecture may ask for.
struct TrunkView {
  /// What the names begin with; empty, or with a dot at its end.
  let prefix: String
  /// Whether the part is what an architecture calls `features`.
  let isMounted: Bool
  /// The tensors' places in the file.
  let inside: [String: Int]
  /// Whether another library's names are translated.
  let isForeign: Bool

  static let mount = "features."

  init(_ file: FileTensors, prefix: String, isMounted: Bool = false) {
    (self.prefix, self.isMounted, isForeign) = (prefix, isMounted, false)
    let count = prefix.utf8.count
    var inside: [String: Int] = [:]
    for (index, name) in file.names.enumerated() where name.utf8.count > count && name.utf8.starts(with: prefix.utf8) {
      let rest = count == 0 ? name : String(decoding: name.utf8.dropFirst(count), as: UTF8.self)
      inside[isMounted ? Self.mount + rest : rest] = inside[isMounted ? Self.mount + rest : rest] ?? index
    }
    self.inside = inside
  }

  /// The same tensors by the names here of what another library named.
  init(_ view: TrunkView, named names: [String: String]) {
    (prefix, isMounted, isForeign) = (view.prefix, view.isMounted, true)
    inside = Dictionary(
      view.inside.map { (names[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  func shapes(_ file: FileTensors) -> [String: [Int]] { inside.mapValues { file.records[$0].shape } }

  func records(_ file: FileTensors) -> [String: TensorRecord] { inside.mapValues { file.records[$0] } }

  /// Whether a part of a network that begins as torchvision's `features` do may be here.
  var looksLikeFeatures: Bool {
    ["conv0.weight", "0.weight", "0.0.weight"].contains { inside[$0] != nil }
  }
}
