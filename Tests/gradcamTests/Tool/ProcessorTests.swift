import Foundation
import ModelFormats
import TestSupport
import Testing

/// Whether Haswell's kernels run here, and with them those of processors before it.
private let hasAVX2: Bool = {
  let description = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  let flags = Set((description.split(separator: "\n").first { $0.hasPrefix("flags") } ?? "").split(separator: " "))
  return flags.isSuperset(of: ["avx2", "fma"])
}()

/// `gradcam verify` of records that another kind of processor made: OpenBLAS is told to take other kernels than the processor's own.
@Suite(.enabled(if: hasAVX2)) struct ProcessorTests {
  /// Has `kernels` explain, and gives the records.
  private func explain(_ line: String, kernels: String, in folder: Workplace) throws -> String {
    let outcome = try Tool.shell(
      "OPENBLAS_CORETYPE=\(kernels) gradcam explain -d o --jsonl --quiet \(line)", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.contains(#""processor":"\#(kernels)/"#))
    return outcome.text
  }

  private func verify(_ records: String, kernels: String, in folder: Workplace) throws -> Tool.Outcome {
    folder.put(records, as: "records")
    return try Tool.shell("OPENBLAS_CORETYPE=\(kernels) gradcam verify records", in: folder)
  }

  private static let runs = [
    "-m gradcam,gradcam++,xgradcam,hirescam,layercam,gradcam-elementwise,eigencam,eigengradcam,segeigencam,kpcacam,fem",
    "-m randomcam,fullgrad,scorecam,ablationcam,reciprocam,shapleycam,occlusion,guidedgradcam",
    "-m saliency,inputxgradient,guidedbackprop,deconvnet",
    "-m smoothgrad,vargrad,integratedgradients,smoothgradcam++,sscam,iscam,rise --samples 2",
    "-m refinecam -l resnet_blocks.3,resnet_blocks.4", "-m layercam,hirescam -l resnet_blocks.0",
  ]

  @Test(arguments: runs) func `Maps agree`(_ words: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let records = try explain("photo.jpg -w xray.pth \(words)", kernels: "Nehalem", in: folder)
    let outcome = try verify(records, kernels: "Haswell", in: folder)
    #expect(
      outcome.status == 0 && outcome.lines.last?.contains(" 0 differs, 0 not verified") == true, "\(outcome.lines)")
  }

  /// Between these kernels a ReLU opens in one of the six passes, and some cells differ by more than a thousandth.
  @Test(arguments: [("opacity-06", "smoothgrad"), ("opacity-03", "integratedgradients")])
  func `Gradients at the input may jump`(_ image: String, method: String) throws {
    let folder = Workplace()
    let models = Fixture.repository.appending(FilePath("models"))
    let records = try explain(
      "'\(models)/images/\(image).jpg' -w '\(models)/demo-xray.bin' -m \(method) --samples 6", kernels: "Sandybridge",
      in: folder)
    let outcome = try verify(records, kernels: "Haswell", in: folder)
    #expect(
      outcome.status == 0 && outcome.lines.last?.contains(" 0 differs, 0 not verified") == true, "\(outcome.lines)")
    let bound = "on another kind of processor (\(method): within 0.05 and 0.002)"
    #expect(outcome.lines.count == 2 && outcome.lines[0].hasSuffix(bound))
  }

  /// What made another map than the one that is made again.
  private static let changes = [
    ("gradcam,gradcam++,layercam", "-t negative"), ("gradcam,gradcam++,layercam,saliency,occlusion", "-w changed"),
    ("inputxgradient,integratedgradients,guidedbackprop", "-t negative"),
    ("smoothgrad,vargrad,rise", "--seed 1"),
    ("smoothgrad,vargrad,integratedgradients,inputxgradient,guidedbackprop,guidedgradcam", "-w changed"),
  ]

  @Test(arguments: changes) func `Another seed, target or model differs`(_ methods: String, change: String) throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    // Every weight is a hundredth larger or smaller.
    try folder.putModel("changed") { $1.enumerated().map { $1 * ($0 % 2 == 0 ? 1.01 : 0.99) } }
    let needs = ["smoothgrad", "integratedgradients", "rise"].contains { methods.contains($0) }
    let line = "photo.jpg -w xray.pth -m \(methods)\(needs ? " --samples 3" : "")"
    let record = try explain(line, kernels: "Nehalem", in: folder)
    let other = try explain("\(line) \(change)", kernels: "Nehalem", in: folder)
    let digest = #/"digest":\{[^}]*\}/#
    var digests = other.matches(of: digest).map { String($0.output) }[...]
    #expect(digests.count == methods.split(separator: ",").count)
    let mixed = record.replacing(digest) { _ in digests.popFirst() ?? "" }
    let outcome = try verify(mixed, kernels: "Haswell", in: folder)
    #expect(
      outcome.status == 1 && outcome.lines.dropLast().allSatisfy { $0.contains(": differs by ") }, "\(outcome.lines)")
    #expect(outcome.lines.last?.hasPrefix("0 same, 0 agrees, ") == true)
  }
}
