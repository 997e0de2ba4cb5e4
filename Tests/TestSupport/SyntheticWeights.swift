public import GradCAMCore
package import ModelFormats

/// Weights and inputs that depend on a tensor's name and shape alone, the same here and in `Scripts/fixtures/made_up.py`, so
/// that fixtures need not hold them.
public enum SyntheticWeights {
  private static let table: [Double] = (0..<65521).map { (index: UInt32) in
    var h = index &* 2_654_435_761
    h ^= h >> 15
    h = h &* 2_246_822_519
    h ^= h >> 13
    return Double(h) / 0x1p32 - 0.5
  }

  public static func values(_ name: String, _ shape: [Int]) -> [Float] {
    let offset = Int(FNV1a.hash32(Array(name.utf8))) % table.count
    let (scale, shift) = range(name, shape)
    let period = (table[offset...] + table[..<offset]).map { Float($0 * scale + shift) }
    let count = shape.reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(count)
    while values.count < count { values.append(contentsOf: period.prefix(count - values.count)) }
    return values
  }

  private static func range(_ name: String, _ shape: [Int]) -> (scale: Double, shift: Double) {
    if name == "input" { return (2, 0) }
    if shape.count > 1 { return ((24 / Double(shape.dropFirst().reduce(1, *))).squareRoot(), 0) }
    if name.hasSuffix("running_var") { return (0.5, 1) }
    return name.hasSuffix("weight") ? (0.4, 1) : (0.2, 0)
  }

  public static func input(_ shape: Int...) -> Tensor { Tensor(values("input", shape), Shape(shape)) }

  /// A tensor as a file would hold it.
  package static func record(_ name: String, _ shape: [Int]) throws -> TensorRecord {
    let bytes = values(name, shape).withUnsafeBytes { Array($0) }
    return try TensorRecord(name: name, type: .float32, shape: shape, region: FileBytes(copying: bytes).region)
  }
}

/// A tensor of a state dict by name and shape, as PyTorch lists it: `layer1.0.conv1.weight [64, 64, 3, 3]`.
public struct ParameterListing: Sendable, Hashable {
  public let name: String
  public let shape: [Int]

  public init?(_ line: some StringProtocol) {
    let parts = line.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    name = String(parts[0])
    shape = parts[1].split { !$0.isNumber }.compactMap { Int($0) }
  }

  package var record: TensorRecord { get throws { try SyntheticWeights.record(name, shape) } }
}

extension Fixture {
  /// The tensors of the state dict that the fixture was computed with.
  public var parameters: [ParameterListing] {
    (metadata["parameters"] ?? "").split(separator: "\n").compactMap { ParameterListing($0) }
  }
}
