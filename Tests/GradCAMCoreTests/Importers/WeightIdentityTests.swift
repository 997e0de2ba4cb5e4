import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Weights are told apart by where they lie in a file: names may be missing, equal or odd.
@Suite struct WeightIdentityTests {
  /// A chain of 1×1 convolutions of one channel, each with its weight in a `Constant` node, and their mean as the only score.
  private func network(_ weights: [(name: String, value: Float)]) -> Wire {
    var (nodes, value) = ([Wire](), "x")
    for (index, weight) in weights.enumerated() {
      let raw = withUnsafeBytes(of: weight.value.bitPattern.littleEndian, Array.init)
      let attribute = Wire().string(1, "value").message(5, .tensor(weight.name, [1, 1, 1, 1], raw: raw)).int(20, 4)
      nodes.append(.node("", "Constant", [], ["w\(index)"], attributes: [attribute]))
      nodes.append(.node("", "Conv", [value, "w\(index)"], ["c\(index)"]))
      value = "c\(index)"
    }
    nodes.append(.node("", "GlobalAveragePool", [value], ["pooled"]))
    nodes.append(.node("", "Flatten", ["pooled"], ["y"]))
    return .model(.graph(nodes, inputs: [.value("x", [1, 1, 4, 4])], outputs: [.value("y", [1, 1])]))
  }

  private func output(of model: Model) throws -> [Float] {
    try Session(model.graph).forward(Tensor(repeating: 1, Shape(1, 1, 4, 4))).output.logical()
  }

  private static let names = [
    ["", "", ""], ["w", "w", "w"], ["w", "", "w"], ["gradcam.packed.1.x", "gradcam.attribute.0.value", "w0"],
    ["\0", "a\nb", "../w"],
  ]

  @Test(arguments: names) func `Each convolution has its own weights`(_ names: [String]) throws {
    let file = FileBytes(copying: network(Array(zip(names, [2, 3, 5]))).bytes)
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    let model = try Model.load(file, overrides)
    #expect(try output(of: model) == [30])

    let folder = FilePath("/tmp/weight-identity-\(UInt64.random(in: 0 ... .max)).bin")
    defer { _ = folder.withCString { unlink($0) } }
    try model.write(to: folder)
    #expect(try output(of: try Model.load(folder)) == [30])
  }

  @Test func `Weights that two nodes share are brought into order once`() throws {
    let numbers = withUnsafeBytes(of: Float(2).bitPattern.littleEndian, Array.init)
    let record = try TensorRecord(
      name: "w", type: .float32, shape: [1, 1, 1, 1], region: FileBytes(copying: numbers).region)
    let loader = WeightLoader(packed: PackedWeights())
    #expect(loader.convolutionWeight(record, groups: 1) === loader.convolutionWeight(record, groups: 1))
    let other = try TensorRecord(
      name: "w", type: .float32, shape: [1, 1, 1, 1], region: FileBytes(copying: numbers).region)
    #expect(loader.convolutionWeight(record, groups: 1) !== loader.convolutionWeight(other, groups: 1))
  }
}
