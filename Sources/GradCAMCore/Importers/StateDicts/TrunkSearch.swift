import ModelFormats

/// Looks for known networks in a file, under any prefix of its names.
///
/// Networks are attributes of other modules more often than not (`net.`, `backbone.`, `model.encoder.`), beside losses, heads and
/// copies of themselves. Of every prefix that some tensors share, the rest of the names is held against all architectures, the
/// prefix of the most tensors first.
struct TrunkSearch {
  let file: FileTensors
  /// What may be found: all architectures as some shapes speak of them, or the one that the user chose. Each is made when it is its turn.
  let architectures: [Maker]
  /// Where networks may begin; nil for anywhere.
  let within: String?

  /// Makes the architecture that these shapes speak of.
  typealias Maker = (ParameterShapes) -> any Architecture

  /// Networks whose trunk is whole, one a place, in the order of their sizes.
  private(set) var found: [TrunkFit] = []
  /// The network that fits best where none is whole.
  private(set) var nearest: TrunkFit?

  /// Parts of a name that a prefix may have, and its length.
  private static let deepest = 6
  private static let longest = 200
  /// Tensors with two axes or more that a network has at least.
  private static let fewest = 4
  /// Prefixes that are tried, and tensors that are looked through in all: a file that claims more networks is no network's.
  private static let mostPlaces = 32
  /// Tensors that a network has at most, ten times what the deepest have.
  private static let mostInOne = 1 << 15
  private static let mostTensors = 1 << 18

  init(_ file: FileTensors, within: String?, _ architectures: [Maker]) {
    let isOwn = within == TrunkFit.ownState && !file.names.contains { $0.hasPrefix("\(TrunkFit.ownState).") }
    (self.file, self.within, self.architectures) = (file, isOwn ? nil : within, architectures)
    // Most files hold one network and nothing else.
    let whole = self.within == nil ? best(at: "") : nil
    if let whole { found = [whole] }
    if whole?.isPerfect ?? false { return }
    // What a network that was found has taken is no other's.
    var taken = whole?.indices ?? []
    var (left, tried) = (Self.mostTensors, Set<String>())
    var places = places(without: taken)
    while let place = places.first, left > 0, tried.count < Self.mostPlaces {
      places.removeFirst()
      left -= file.names.count
      tried.insert(place)
      guard let fit = best(at: place), !found.contains(where: { $0.firstIndex == fit.firstIndex }) else { continue }
      found.append(fit)
      taken.formUnion(fit.indices)
      places = self.places(without: taken).filter { !tried.contains($0) }
    }
  }

  /// Prefixes that enough tensors share, those of the most first.
  ///
  /// - Parameter taken: tensors that do not count.
  private func places(without taken: Set<Int>) -> [String] {
    var counts: [Substring: (all: Int, weights: Int)] = [:]
    for (index, (name, record)) in zip(file.names, file.records).enumerated() where !taken.contains(index) {
      let dots = name.utf8.indices.prefix(Self.longest).lazy.filter { name.utf8[$0] == UInt8(ascii: ".") }
      for dot in dots.prefix(Self.deepest) {
        counts[name[...dot], default: (0, 0)].all += 1
        if record.shape.count > 1 { counts[name[...dot], default: (0, 0)].weights += 1 }
      }
    }
    var places = counts.filter { $0.value.weights >= Self.fewest }.map { (prefix: String($0.key), count: $0.value.all) }
    if let within { places = places.filter { $0.prefix.hasPrefix(within + ".") } }
    places.sort { ($1.count, $0.prefix.utf8.count, $0.prefix) < ($0.count, $1.prefix.utf8.count, $1.prefix) }
    return places.prefix(Self.mostPlaces).map(\.prefix)
  }

  /// The largest network whose trunk begins at a prefix, by our names or another library's.
  ///
  /// Other libraries' names are only asked for where our own do not fit: most files need none of their tables.
  private mutating func best(at prefix: String) -> TrunkFit? {
    let view = TrunkView(file, prefix: prefix)
    guard view.inside.count <= Self.mostInOne else { return nil }
    var best: TrunkFit?
    look(through: view, for: &best)
    if best?.isPerfect ?? false { return best }
    if view.looksLikeFeatures { look(through: TrunkView(file, prefix: prefix, isMounted: true), for: &best) }
    let shapes = ParameterShapes(shapes: view.shapes(file))
    for library in ForeignNamesRegistry.all where !(best?.isPerfect ?? false) {
      if let names = library.names(shapes) { look(through: TrunkView(view, named: names), for: &best) }
    }
    return best
  }

  /// Holds the names of a view against all architectures, up to one that fits perfectly.
  private mutating func look(through view: TrunkView, for best: inout TrunkFit?) {
    func rank(_ fit: TrunkFit) -> (Int, Int) { (fit.intruders.isEmpty ? 1 : 0, fit.trunk.count) }
    let records = view.records(file)
    let shapes = ParameterShapes(shapes: records.mapValues(\.shape))
    for make in architectures {
      let fit = TrunkFit(make(shapes), view, records, file)
      if fit.isPerfect {
        best = fit
        return
      }
      if !fit.isTrunkWhole {
        consider(fit)
      } else if best.map({ rank(fit) > rank($0) }) ?? true {
        best = fit
      }
    }
  }

  /// Keeps a network that nearly fits.
  private mutating func consider(_ fit: TrunkFit) {
    // A network that shares no more than some names with the file is of no help to anybody.
    guard fit.missing.count * 4 <= fit.expectedCount else { return }
    if nearest.map({ fit.shortfalls < $0.shortfalls }) ?? true { nearest = fit }
  }
}
