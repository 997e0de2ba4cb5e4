import ModelFormats

/// Finds the head of a network among the tensors that its trunk leaves.
///
/// A head is what takes vectors of the trunk's width: a linear layer of any name, or a chain of them with norms between. What has no
/// weights leaves its number free in a `Sequential`, and nothing else; between two linear layers it is taken for an activation.
struct HeadReader {
  /// A head that fits.
  struct Candidate {
    /// What the file calls it.
    let name: String
    let parts: [HeadUnit.Part]
    let pooling: HeadPlan.Pooling

    var classes: Int { parts.reversed().lazy.compactMap(\.output).first ?? 0 }
    var indices: [Int] { parts.flatMap { $0.tensors.values } }
  }

  /// Attributes that are looked at: no network has a tenth of them beside its trunk.
  private static let mostUnits = 256

  let candidates: [Candidate]
  /// Linear layers that fit nowhere: what is missing may be among them.
  let unfitting: [HeadUnit]

  /// - Parameters:
  ///   - pooling: what the user says of it; nil for what the widths tell.
  init(_ fit: TrunkFit, _ slot: HeadSlot, _ file: FileTensors, pooling: HeadPlan.Pooling?) {
    let units = Self.units(fit, file)
    let widths = Self.widths(slot, pooling)
    func opening(_ unit: HeadUnit) -> Candidate? {
      for (width, pooling) in widths {
        if let parts = unit.chain(from: width) { return Candidate(name: unit.name, parts: parts, pooling: pooling) }
      }
      return nil
    }
    let (joined, left) = Self.joined(units) { opening($0) != nil }
    let norms = left.filter { $0.isReadable && !$0.parts.isEmpty && $0.parts.allSatisfy { $0.output == nil } }
    var (heads, others) = ([Candidate](), [HeadUnit]())
    for unit in joined + left {
      if let head = opening(unit) { heads.append(head) } else { others.append(unit) }
    }
    let tails = others.filter { $0.isReadable && $0.parts.contains { $0.output != nil } }
    candidates = heads.flatMap { Self.extended($0, by: tails) }.map { Self.completed($0, by: norms) }
    unfitting = tails
  }

  /// The lengths of vectors that a head may begin with, and how they are pooled.
  private static func widths(_ slot: HeadSlot, _ pooling: HeadPlan.Pooling?) -> [(Int, HeadPlan.Pooling)] {
    var widths = [(slot.width, HeadPlan.Pooling.usual)]
    if let channels = slot.channels {
      if channels != slot.width { widths.append((channels, .avg)) }
      widths.append((2 * channels, .maxAvg))
      if let pooling { return [(pooling == .avg || pooling == .max ? channels : 2 * channels, pooling)] }
    }
    return widths
  }

  /// What the trunk leaves, by the attribute that it belongs to.
  private static func units(_ fit: TrunkFit, _ file: FileTensors) -> [HeadUnit] {
    let taken = Set(fit.trunk.compactMap { fit.view.inside[$0] })
    let inside =
      fit.view.isMounted ? [:] : Dictionary(fit.view.inside.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let place = fit.view.prefix.split(separator: ".")
    var order: [String] = []
    var modules: [String: (unit: String, parent: String, tensors: [String: Int])] = [:]
    let ownModules = Set(fit.trunk.map(TrunkFit.firstPart))
    for (index, name) in file.names.enumerated() where !taken.contains(index) && name.utf8.count < 1024 {
      var parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard let last = parts.popLast(), !NetworkRole.isMarginHead(name) else { continue }
      let shared = zip(parts, place).prefix { $0 == $1 }.count
      guard parts.count > shared else { continue }
      let parent = parts.prefix(shared).map { "\($0)." }.joined()
      var module = inside[index].map { String($0.dropLast(last.count + 1)) } ?? parts.joined(separator: ".")
      if inside[index] == nil, ownModules.contains(TrunkFit.firstPart(module)) { module = "head.\(module)" }
      if modules[module] == nil { order.append(module) }
      modules[module, default: (parent + parts[shared], parent, [:])].tensors[String(last)] = index
    }
    var units: [String: HeadUnit] = [:]
    var names: [String] = []
    for module in order {
      guard let (unit, parent, tensors) = modules[module] else { continue }
      if units[unit] == nil { names.append(unit) }
      units[unit, default: HeadUnit(name: unit, parent: parent)].add(module, tensors, file)
    }
    return names.lazy.compactMap { units[$0] }.filter { !$0.parts.isEmpty }.prefix(mostUnits).map { $0 }
  }

  /// Units that differ in a number and are one chain, as `fc1`, `fc2` and `bn1` are; and what is left.
  private static func joined(
    _ units: [HeadUnit], _ fits: (HeadUnit) -> Bool
  ) -> (joined: [HeadUnit], left: [HeadUnit]) {
    var (joined, left) = ([HeadUnit](), units)
    let groups = Dictionary(grouping: units.filter { HeadUnit.stem($0.name).number != nil }) {
      HeadUnit.stem($0.name).stem
    }
    for name in groups.keys.sorted() {
      guard let group = groups[name], group.count > 1, group.count <= 16 else { continue }
      let sorted = group.sorted { HeadUnit.isBefore($0.name, $1.name) }
      let unit = HeadUnit(name: sorted.map(\.name).joined(separator: "+"), joining: sorted)
      guard fits(unit) else { continue }
      joined.append(unit)
      left.removeAll { unit in group.contains { $0.name == unit.name } }
    }
    return (joined, left)
  }

  /// The head with what goes on behind it, once for each way that it may.
  private static func extended(_ head: Candidate, by tails: [HeadUnit], depth: Int = 0) -> [Candidate] {
    // Whether the map is pooled before what stands behind a convolution, or behind it, cannot be told.
    guard depth < 3, !head.parts.contains(where: \.isConvolution) else { return [head] }
    let next = tails.compactMap { unit in unit.chain(from: head.classes).map { (unit, $0) } }
      .filter { unit, _ in !head.parts.contains { $0.tensors.values.contains { unit.indices.contains($0) } } }
    guard !next.isEmpty, next.count <= 4 else { return [head] }
    return next.flatMap { unit, parts in
      extended(
        Candidate(name: unit.name, parts: head.parts + parts, pooling: head.pooling), by: tails, depth: depth + 1)
    }
  }

  /// The head with norms that stand beside it: behind the linear layer of their width, or before all.
  private static func completed(_ head: Candidate, by norms: [HeadUnit]) -> Candidate {
    var parts = head.parts
    for norm in norms where norm.parts.count == 1 {
      if let place = place(of: norm, in: parts) { parts.insert(contentsOf: norm.parts, at: place) }
    }
    return Candidate(name: head.name, parts: parts, pooling: head.pooling)
  }

  /// Where a norm belongs in a head: behind the layer of its number, else behind the first of its width, else in front; nil where it
  /// fits nowhere.
  private static func place(of norm: HeadUnit, in parts: [HeadUnit.Part]) -> Int? {
    let width = norm.parts[0].input
    let number = HeadUnit.stem(norm.name).number
    let fitting = parts.indices.dropLast().filter { parts[$0].output == width && parts[$0 + 1].output != nil }
    let same = number == nil ? nil : fitting.first { HeadUnit.stem(parts[$0].module).number == number }
    if let before = same ?? fitting.first { return before + 1 }
    guard let first = parts.first, first.output != nil, first.input == width else { return nil }
    return 0
  }
}

extension HeadReader.Candidate {
  /// The head's layers, with activations where the file leaves room for them.
  func plan(_ activation: HeadPlan.Activation?) -> HeadPlan {
    let containers = Set(parts.map { $0.module.split(separator: ".").dropLast().joined(separator: ".") })
    let numbers = parts.map { HeadUnit.stem($0.module.split(separator: ".").last.map(String.init) ?? "") }
    // The numbers of a `Sequential` tell what stands between its layers that has weights.
    let isSequential = containers.count == 1 && numbers.allSatisfy { $0.stem.isEmpty && $0.number != nil }
    var layers: [HeadPlan.Layer] = []
    var open: Int?
    for (index, part) in parts.enumerated() {
      if let number = numbers[index].number, isSequential, let free = open, free < number {
        layers.append(.activation(module: Self.path(containers.first ?? "", free)))
        open = nil
      } else if !isSequential, open != nil, part.output != nil {
        layers.append(.activation(module: nil))
        open = nil
      }
      layers.append(part.layer)
      let isLast = !parts[(index + 1)...].contains { $0.output != nil }
      if part.output != nil {
        open = isLast ? nil : (numbers[index].number ?? 0) + 1
      } else if open != nil {
        open = (numbers[index].number ?? 0) + 1
      }
    }
    return HeadPlan(pooling: pooling, layers: layers, activation: activation ?? .relu)
  }

  private static func path(_ container: String, _ number: Int) -> String {
    container.isEmpty ? "\(number)" : "\(container).\(number)"
  }
}
