import TestSupport
import Testing

@testable import GradCAMCore

/// Operations against onnxruntime, where ONNX's text leaves doubts. A fixture's name says what its operation is.
@Suite struct ONNXFixtureTests {
  @Test func `Computes what onnxruntime does`() throws {
    let fixture = try Fixture("operations/onnx")
    let context = ExecutionContext(threads: 1)
    let names = fixture.names.filter { $0.hasSuffix(".input") }.map { String($0.dropLast(6)) }
    #expect(names.count > 150)
    for name in names {
      let input = try fixture.tensor("\(name).input")
      let weight = fixture.names.contains("\(name).weight") ? try fixture.tensor("\(name).weight") : nil
      let operation = try #require(self.operation(name.split(separator: ".").map(String.init), weight), "\(name)")
      let inputs = name == "matmul" ? [input, try #require(weight)] : [input]
      let expected = try fixture.tensor("\(name).output")
      #expect(try operation.outputShape(of: inputs.map(\.shape)) == expected.shape, "\(name)")
      expectClose(operation.forward(inputs, context), expected, tolerance: 2e-6, name)
    }
  }

  /// nil for names that nobody knows.
  private func operation(_ parts: [String], _ weight: Tensor?) -> (any GradCAMCore.Operation)? {
    switch parts[0] {
    case "resize": resize(parts)
    case "pad": pad(parts[1])
    case "spread": BlockOrder(rawValue: parts[1]).map { DepthToSpace(block: 2, order: $0) }
    case "pack": SpaceToDepth(block: 2)
    case "slice":
      Slice([
        Slice.Range(axis: 1, start: -1, end: .min, step: -3), Slice.Range(axis: 2, start: -100, end: 100, step: 3),
        Slice.Range(axis: 3, start: 5, end: 0, step: -2),
      ])
    case "slice_before": Slice([Slice.Range(axis: 3, start: -100, end: -200, step: -1)])
    case "gather": Gather(axis: 3, indices: [0, -1, 3, 3, 2, -6], shape: Shape(2, 3))
    case "matmul": MatMul()
    case "ceil":
      AvgPool2d(
        kernel: (3, 3), stride: (2, 3), padding: Padding(top: 1, left: 0, bottom: 0, right: 1), ceilMode: true,
        countIncludePad: parts[1] == "1")
    default: windowed(parts, weight)
    }
  }

  private func resize(_ parts: [String]) -> Resize? {
    let sizes: [String: Resize.Size] = [
      "larger": .sizes(h: 7, w: 9), "smaller": .sizes(h: 1, w: 3), "doubled": .scales(h: 2, w: 2),
      "scaled": .scales(h: 1.7, w: 0.6),
    ]
    let modes: [String: Resize.Mode] = [
      "linear": .linear, "cubic": .cubic(), "inside": .cubic(a: -0.5, excludesOutside: true),
    ]
    let mode = parts.count == 5 ? NearestRounding(rawValue: parts[4]).map { .nearest($0) } : modes[parts[3]]
    guard let size = sizes[parts[1]], let coordinates = ResizeCoordinates(rawValue: parts[2]), let mode else {
      return nil
    }
    return Resize(size, mode: mode, coordinates: coordinates)
  }

  private func pad(_ mode: String) -> Pad? {
    let modes: [String: Pad.Mode] = ["reflect": .reflect, "edge": .edge, "wrap": .wrap]
    return modes[mode].map { Pad(before: [0, 1, -1, 3], after: [0, 0, 2, -2], mode: $0) }
  }

  /// What slides a window of 3×2 in steps of 2×3, and transposed convolutions.
  private func windowed(_ parts: [String], _ weight: Tensor?) -> (any GradCAMCore.Operation)? {
    let rule = parts.count > 1 ? AutoPad(rawValue: parts[1]) ?? .notSet : .notSet
    let (kernel, stride) = ((h: 3, w: 2), (h: 2, w: 3))
    switch (parts[0], weight) {
    case ("max", _): return MaxPool2d(kernel: kernel, stride: stride, autoPad: rule)
    case ("average", _): return AvgPool2d(kernel: kernel, stride: stride, countIncludePad: false, autoPad: rule)
    case ("average_counting", _): return AvgPool2d(kernel: kernel, stride: stride, autoPad: rule)
    case ("lp", _): return LpPool2d(p: 3, kernel: kernel, stride: stride, autoPad: rule)
    case ("conv", let weight?): return Conv2d(weight: weight, stride: stride, autoPad: rule)
    case ("transposed", let weight?): return ConvTranspose2d(weight: weight, stride: stride, autoPad: rule)
    case ("transposed_padded", let weight?):
      return ConvTranspose2d(weight: weight, stride: stride, outputPadding: (1, 1), autoPad: rule)
    case ("transposed_sized", let weight?):
      return ConvTranspose2d(weight: weight, stride: (2, 2), autoPad: rule, outputSize: (8, 12))
    case ("transposed_grouped", let weight?):
      return ConvTranspose2d(
        weight: weight, stride: (2, 3), padding: Padding(top: 1, left: 0, bottom: 2, right: 1), outputPadding: (1, 2),
        dilation: (2, 1), groups: 2)
    default: return nil
    }
  }
}
