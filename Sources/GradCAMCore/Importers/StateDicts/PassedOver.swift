import ModelFormats

/// Tensors of a file that take no part in the network.
struct PassedOver {
  /// Their places in the file, without counters.
  let indices: [Int]
  private let file: FileTensors

  /// - Parameters:
  ///   - taken: the places of those that take part.
  ///   - copies: prefixes of other networks, which are told of elsewhere.
  init(_ file: FileTensors, taken: Set<Int>, copies: [String]) {
    self.file = file
    indices = file.names.indices.filter { index in
      !taken.contains(index) && !file.isCounter(index) && !copies.contains { file.names[index].hasPrefix($0) }
    }
  }

  /// The line that names them; nil where there are none.
  var note: Message? {
    guard let first = indices.first else { return nil }
    let names = Self.list(indices.map { file.names[$0] })
    return indices.count == 1
      ? "\(file.names[first].brief()) takes no part and is passed over"
      : "\(indices.count) tensors take no part and are passed over: \(names)"
  }

  /// Convolutions and their like whose names do not say that they stand beside the network.
  private var doubtful: [Int] { indices.filter { file.isForeignLayer($0) && !file.isBeside($0) } }

  /// Refuses layers beside the trunk's own: whether they stand between it and the head cannot be told.
  ///
  /// - Throws: `InputError` without a subject.
  func refuseLayers(of fit: TrunkFit) throws(InputError) {
    let own = fit.intruders.sorted() + doubtful.map { file.names[$0] }.filter { $0.hasPrefix(fit.view.prefix) }
    guard own.isEmpty else {
      throw InputError(
        "", "is \(fit.architecture.spec.name) with layers that it does not have: \(Self.list(own))",
        remedy: .exportInstead)
    }
  }

  /// What may make results worthless: layers outside the trunk's module.
  var warning: Message? {
    let doubtful = doubtful
    guard !doubtful.isEmpty else { return nil }
    return """
      layers take no part that may stand between the trunk and its head: \(Self.list(doubtful.map { file.names[$0] })) \
      (if they do, results are worthless: \(Message.exportInstead))
      """
  }

  /// The first names, and how many there are.
  static func list(_ names: [String], _ count: Int = 3) -> String {
    names.lazy.map { $0.brief() }.listed(count, saysCount: true)
  }
}

extension Message {
  /// The way out for networks that are not known by their weights.
  static let exportInstead: Message = "export the model to ONNX: gradcam help export"
}
