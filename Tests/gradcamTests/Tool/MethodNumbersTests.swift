import Foundation
import GradCAMCore
import TestSupport
import Testing

/// The numbers in the records of every method, computed again from the maps that they dump.
@Suite struct MethodNumbersTests {
  /// What is drawn with its sign; of it the magnitudes count.
  private static let signed: Set = [
    "inputxgradient", "integratedgradients", "guidedbackprop", "deconvnet", "guidedgradcam", "occlusion",
  ]

  /// The share of the outermost cells, and the entropy divided by its largest value: cell by cell.
  private func numbers(_ cells: [Float], height: Int, width: Int, signed: Bool) -> (border: Double, entropy: Double) {
    let values = cells.map { signed ? abs(Double($0)) : $0 < 0 ? 0 : Double($0) }
    let sum = values.reduce(0, +)
    var (inside, entropy) = (0.0, 0.0)
    for y in 1..<height - 1 { for x in 1..<width - 1 { inside += values[y * width + x] } }
    for value in values where value > 0 { entropy += value / sum * log2(sum / value) }
    return (1 - inside / sum, entropy / log2(Double(height * width)))
  }

  /// Those of attention and of tokens refuse a convolutional network.
  private static let methods = CAMMethods.all.filter {
    !$0.needs.contains(.attention) && $0.name != "vitreciprocam"
  }

  @Test(arguments: methods.map(\.name)) func `Border, entropy and range`(_ name: String) throws {
    let folder = Workplace("tiny.png", "cifar.th")
    let method = try CAMMethods.named(name)
    var words = ["-m", name, "-l", name == "cam" ? "layer3" : method.fusion == nil ? "layer2" : "layer2,layer3"]
    if !method.needs.isDisjoint(with: [.samples, .steps]) { words += ["--samples", "3"] }
    for signs in [[], ["--signed"]] {
      let outcome = try Tool.run(
        ["explain", "tiny.png", "-w", "cifar.th", "--jsonl", "--quiet", "-t", "3", "--dump", "d", "-o", "o.png"] + words
          + signs, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let map = try JSON(outcome.text)["maps"][0]
      let (cam, shape) = (try folder.dump("d").tensor("cam").logical(), try #require(map["map_shape"].integers))
      let isSigned = Self.signed.contains(name) || !signs.isEmpty
      let expected = numbers(cam, height: shape[0], width: shape[1], signed: isSigned)
      let (border, entropy) = (try #require(map["border"].number), try #require(map["entropy"].number))
      #expect(abs(border - expected.border) < 1e-5 && abs(entropy - expected.entropy) < 1e-5, "\(expected)")
      #expect(map["verdict"].text == "ok" && cam.count == shape[0] * shape[1])
      // The range is the raw map's, the dump's that of what was kept.
      let (least, most) = (Float(try #require(map["map_min"].number)), Float(try #require(map["map_max"].number)))
      #expect(cam.max() == max(most, isSigned || name == "cam" ? most : 0))
      #expect(cam.min() == (isSigned || name == "cam" ? least : max(least, 0)))
    }
  }
}
