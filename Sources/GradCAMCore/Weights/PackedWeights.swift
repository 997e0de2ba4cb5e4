import ModelFormats

/// Convolutions' weights in the engine's own orders, which a model file may hold beside the plain ones: mapped, they cost a run
/// neither time nor copies.
///
/// Each is a list of numbers called `gradcam.packed.2.FORM.GROUPS.PLAIN.OWN.NAME`, the same on every processor: FORM the algorithm
/// that multiplies by them, NAME the plain weights' name, PLAIN the digest of those that it was made of, and OWN that of the numbers
/// themselves. What has another version or size, or was made of other weights than the file holds, is passed over, and made again when
/// needed: the plain weights are what counts, and somebody may have changed them since. Numbers that are not what their own digest
/// says are damage: they are not made again from the plain ones, for a file that lost some bits may have lost others.
///
/// Version 1, which earlier versions wrote, has a sample of the plain weights (`ConvolutionWeight.sample`) in the place of both digests.
struct PackedWeights: Sendable {
  private struct Copy {
    let record: TensorRecord
    /// Digests of the plain weights and of the numbers; nil in version 1, which is found by its sample.
    var digests: (plain: UInt64, own: UInt64)?
  }

  private static let prefix = "gradcam.packed."

  /// What tells of the file's tensors whether they are whole.
  let integrity: WeightIntegrity
  /// By their names without digests.
  private let copies: [String: Copy]
  /// Whether some are of version 1.
  private let hasSamples: Bool

  /// Parts a file's tensors into the plain ones and these.
  ///
  /// - Parameters:
  ///   - metadata: the file's.
  ///   - isUntouched: see `WeightIntegrity`.
  /// - Throws: `InputError` without a subject where the metadata are not what was written.
  static func split(
    _ tensors: [TensorRecord], _ metadata: [String: String], isUntouched: Bool
  ) throws(InputError) -> (plain: [TensorRecord], packed: PackedWeights) {
    let parts = Dictionary(grouping: tensors) { $0.name.hasPrefix(prefix) }
    let plain = parts[false] ?? []
    let integrity = try WeightIntegrity(metadata, plain, isUntouched: isUntouched)
    return (plain, PackedWeights((parts[true] ?? []).filter { !StoredGraph.isOne($0) }, integrity))
  }

  init(_ tensors: [TensorRecord] = [], _ integrity: WeightIntegrity = WeightIntegrity()) {
    self.integrity = integrity
    copies = Dictionary(tensors.map(Self.entry), uniquingKeysWith: { first, _ in first })
    hasSamples = copies.values.contains { $0.digests == nil }
    for (record, digests) in copies.values.map({ ($0.record, $0.digests) }) {
      if let digests { integrity.add(record.region, digests.own, record.name) }
    }
  }

  /// What a tensor's name says.
  private static func entry(_ record: TensorRecord) -> (String, Copy) {
    let parts = record.name.dropFirst(prefix.count).split(
      separator: ".", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "2", let plain = UInt64(parts[3], radix: 16),
      let own = UInt64(parts[4], radix: 16)
    else { return (record.name, Copy(record: record)) }
    return (key("\(parts[1])", "\(parts[2])", "\(parts[5])"), Copy(record: record, digests: (plain, own)))
  }

  private static func key(_ form: String, _ groups: String, _ name: String) -> String {
    "\(prefix)2.\(form).\(groups).\(name)"
  }

  /// What weights are called in the order of an algorithm.
  ///
  /// - Parameters:
  ///   - plain: the digest of the plain weights.
  ///   - own: that of the numbers in the file.
  static func name(_ weight: ConvolutionWeight, _ form: ConvolutionWeight.Form, plain: UInt64, own: UInt64) -> String? {
    guard let name = weight.name, let form = form.name else { return nil }
    return "\(prefix)2.\(form).\(weight.groups).\(plain.hexadecimal).\(own.hexadecimal).\(name)"
  }

  /// Hands weights what the file holds of them.
  ///
  /// - Parameter record: the plain weights.
  func complete(_ weight: ConvolutionWeight, _ record: TensorRecord) {
    guard !copies.isEmpty, let name = weight.name else { return }
    // Of a file that somebody took the digests from, the weights tell.
    lazy var plain = integrity.digest(of: record) ?? Fingerprint.of(record.region.bytes)
    lazy var sample = hasSamples ? weight.sample : ""
    for form in ConvolutionWeight.Form.named {
      guard let formName = form.name else { continue }
      let copy =
        copies[Self.key(formName, "\(weight.groups)", name)]
        ?? copies["\(Self.prefix)1.\(formName).\(weight.groups).\(sample).\(name)"]
      guard let copy, copy.digests.map({ $0.plain == plain }) ?? true, copy.record.shape.count == 1,
        copy.record.elementCount == (weight.count(form) + 15) / 16 * 16, let base = copy.record.contiguousFloat32
      else { continue }
      let storage = TensorStorage(borrowing: base, count: weight.count(form), owner: copy.record.region)
      weight.adopt(storage, as: form, check: check(copy))
    }
  }

  /// Makes sure of a copy before its first use.
  private func check(_ copy: Copy) -> ConvolutionWeight.Check? {
    guard let digests = copy.digests else { return nil }
    return { [integrity] threads in
      integrity.check(copy.record.region, digests.own, copy.record.name, threads: threads)
    }
  }
}

extension ConvolutionWeight.Form {
  /// The forms that files hold: what forward passes multiply by.
  static let named = [Self.panels, .direct, .depthwise] + Winograd.allCases.map(Self.winograd)
}
