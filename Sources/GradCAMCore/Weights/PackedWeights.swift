import ModelFormats

/// Convolutions' weights in the engine's own orders, which a model file may hold beside the plain ones: mapped, they cost a run
/// neither time nor copies.
///
/// Each is a list of numbers called `gradcam.packed.VERSION.FORM.GROUPS.SAMPLE.NAME`, the same on every processor: FORM the algorithm
/// that multiplies by them, NAME the plain weights' name, SAMPLE made of some of those. What has another version, size or sample is
/// passed over, and made again when needed: the plain weights are what counts, and somebody may have changed them since.
struct PackedWeights: Sendable {
  private static let prefix = "gradcam.packed."
  /// Of the orders' meaning.
  private static let version = "1."

  private let records: [String: TensorRecord]

  /// Parts a file's tensors into the plain ones and these.
  static func split(_ tensors: [TensorRecord]) -> (plain: [TensorRecord], packed: PackedWeights) {
    let parts = Dictionary(grouping: tensors) { $0.name.hasPrefix(prefix) }
    return (parts[false] ?? [], PackedWeights(parts[true] ?? []))
  }

  init(_ tensors: [TensorRecord] = []) {
    records = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What weights are called in the order of an algorithm.
  static func name(_ weight: ConvolutionWeight, _ form: ConvolutionWeight.Form) -> String? {
    guard let name = weight.name, let form = form.name else { return nil }
    return "\(prefix)\(version)\(form).\(weight.groups).\(weight.sample).\(name)"
  }

  /// Hands weights what the file holds of them.
  func complete(_ weight: ConvolutionWeight) {
    if records.isEmpty { return }
    for form in ConvolutionWeight.Form.named {
      guard let key = Self.name(weight, form), let record = records[key], record.shape.count == 1,
        record.elementCount == (weight.count(form) + 15) / 16 * 16, let base = record.contiguousFloat32
      else { continue }
      weight.adopt(TensorStorage(borrowing: base, count: weight.count(form), owner: record.region), as: form)
    }
  }
}

extension ConvolutionWeight.Form {
  /// The forms that files hold: what forward passes multiply by.
  static let named = [Self.panels, .direct, .depthwise] + Winograd.allCases.map(Self.winograd)
}
