import ModelFormats

/// Hands a network its weights by name, and keeps account of what is missing, mis-shaped, or left over.
///
/// What a file does not have, or has in another shape, is given as a stand-in, so that one pass over an architecture finds every
/// shortfall at once; a graph with a shortfall must not run.
final class ParameterSource {
  /// What an architecture asked for, in order.
  private(set) var expected: [(name: String, shape: [Int], isHead: Bool)] = []
  private(set) var missing: [(name: String, shape: [Int], isHead: Bool)] = []
  private(set) var misshaped: [(name: String, expected: [Int], found: [Int], isHead: Bool)] = []
  private let records: [String: TensorRecord]
  private let isSurvey: Bool
  private let loader: WeightLoader
  private(set) var used: Set<String> = []
  /// What follows from other tensors.
  private(set) var passed: Set<String> = []
  /// Whether what is asked for belongs to the head.
  private var isInHead = false

  /// - Parameters:
  ///   - packed: convolutions' weights in the engine's orders.
  ///   - isSurvey: whether only names and shapes are compared: no weight is read or given memory.
  convenience init(_ tensors: [TensorRecord], packed: PackedWeights = PackedWeights(), isSurvey: Bool = false) {
    let records = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.init(records, packed: packed, isSurvey: isSurvey)
  }

  /// - Parameter records: the tensors by the names that the network asks for.
  init(_ records: [String: TensorRecord], packed: PackedWeights = PackedWeights(), isSurvey: Bool = false) {
    (self.records, self.isSurvey, loader) = (records, isSurvey, WeightLoader(packed: packed))
  }

  /// Counts what `body` asks for as the head's.
  func inHead<Result>(_ body: () -> Result) -> Result {
    isInHead = true
    defer { isInHead = false }
    return body()
  }

  /// Whether there is a tensor called `name`.
  func has(_ name: String) -> Bool { records[name] != nil }

  /// The tensor called `name`.
  func tensor(_ name: String, _ dimensions: Int...) -> Tensor { tensor(name, shape: dimensions) }

  /// The tensor called `name`.
  func tensor(_ name: String, shape dimensions: [Int]) -> Tensor {
    guard let record = find(name, dimensions), !isSurvey else { return Self.standIn(dimensions) }
    return WeightLoader.tensor(record)
  }

  /// A convolution's weights called `name`.
  func convolutionWeight(_ name: String, _ dimensions: Int..., groups: Int) -> ConvolutionWeight {
    guard let record = find(name, dimensions), !isSurvey else {
      return ConvolutionWeight(Self.standIn(dimensions), groups: groups)
    }
    return loader.convolutionWeight(record, groups: groups)
  }

  /// A `Linear`'s weights called `name`, output × input, as those of a 1×1 convolution.
  func pointwiseWeight(_ name: String, _ output: Int, _ input: Int) -> ConvolutionWeight {
    let shape = [output, input, 1, 1]
    guard let record = find(name, [output, input]), !isSurvey else {
      return ConvolutionWeight(Self.standIn(shape), groups: 1)
    }
    return loader.convolutionWeight(record, groups: 1, shape: Shape(shape))
  }

  /// The numbers called `name` in logical order; nil where `tensor` would give a stand-in.
  func numbers(_ name: String, _ dimensions: [Int]) -> [Float]? {
    guard let record = find(name, dimensions), !isSurvey else { return nil }
    return record.floats()
  }

  /// Takes note of a tensor that follows from others: it is nobody's to miss or to wonder at.
  func pass(over name: String) { passed.insert(name) }

  /// The `count` numbers called `name`; nil where `tensor` would give a stand-in.
  func vector(_ name: String, _ count: Int) -> [Float]? {
    guard let record = find(name, [count]), !isSurvey else { return nil }
    return record.floats()
  }

  /// Names that the file has and nobody asked for; batch norms' counters of batches do not count.
  var unexpected: [String] {
    records.keys.filter { !used.contains($0) && !passed.contains($0) && !$0.hasSuffix("num_batches_tracked") }.sorted()
  }

  /// What a file claims to have a size costs no memory before the file is known to hold it.
  private static func standIn(_ dimensions: [Int]) -> Tensor {
    Tensor(shape: Shape(dimensions), storage: TensorStorage(placeholderFor: dimensions.reduce(1, *)))
  }

  private func find(_ name: String, _ dimensions: [Int]) -> TensorRecord? {
    expected.append((name, dimensions, isInHead))
    guard let record = records[name] else {
      missing.append((name, dimensions, isInHead))
      return nil
    }
    used.insert(name)
    guard record.shape == dimensions else {
      misshaped.append((name, dimensions, record.shape, isInHead))
      return nil
    }
    return record
  }
}
