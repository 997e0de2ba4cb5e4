import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// State dicts that fit several networks.
@Suite struct LookAlikeTests {
  private func model(_ fixture: String, _ architecture: String? = nil) throws -> Model {
    let records = try Fixture("architectures/\(fixture)").parameters.map { try $0.record }
    let tensors = records.map { (name: $0.name, type: $0.type, shape: $0.shape, bytes: $0.region.bytes) }
    let file = try withExtendedLifetime(records) { try SafetensorsWriter.encode(tensors: tensors, metadata: [:]) }
    var overrides = Model.Overrides()
    overrides.architecture = architecture
    return try Model.load(FileBytes(copying: file), overrides)
  }

  @Test func `Names of timm's alone are a warning`() throws {
    let doubtful = try model("resnetaa")
    #expect(
      doubtful.warnings == [
        """
        taken for resnet, but its weights fit timm's networks with averaging and with blurring pools as well, whose \
        results are others (\(.arch) resnetaa or \(.arch) resnetblur says which)
        """
      ])
    #expect(doubtful.lookAlikes == ["resnetaa", "resnetblur"])
    let chosen = try model("resnetaa", "resnetaa")
    #expect(chosen.warnings == [] && chosen.lookAlikes == [] && chosen.architecture.name == "resnetaa")
  }

  @Test func `Names of torchvision's are none`() throws {
    for fixture in ["resnetblur", "resnet18"] {
      let plain = try model(fixture)
      #expect(plain.warnings == [] && plain.lookAlikes == ["resnetaa", "resnetblur"])
    }
    #expect(try model("cifar").lookAlikes == [])
  }

  /// What no weights tell: strides and pools of a stem, and whether a network transforms its input.
  private static let doubts = [
    ("namings/cifar.liu-basic", "resnet:pool=2", "pools after its first convolution"),
    ("namings/monai.resnet", "resnet:stride=2", "MONAI's network with a stride of 2"),
    ("googlenet", "googlenet:transform=1", "which transforms its input"),
    ("inception_v3", "inception_v3:transform=1", "which transforms its input"),
  ]

  @Test(arguments: doubts) func `Says what it assumes`(_ fixture: String, _ choice: String, _ what: String) throws {
    let doubtful = try model(fixture)
    #expect(doubtful.warnings.count == 1 && doubtful.lookAlikes == [choice])
    #expect(doubtful.warnings.first?.description.contains(what) ?? false, "\(doubtful.warnings)")
    let chosen = try model(fixture, choice)
    #expect(chosen.warnings == [] && chosen.lookAlikes == [])
    #expect(try model(fixture, doubtful.architecture.name).warnings == [])
    let key = try #require(choice.split(separator: ":").last)
    #expect("\(chosen.architecture)".contains(key), "\(chosen.architecture)")
  }

  @Test func `Small images have a stem that keeps their size`() throws {
    let small = try model("namings/cifar.liu-basic")
    #expect(small.input.height == 32 && small.input.width == 32)
    #expect(try model("namings/cifar.liu-basic", "resnet:pool=2").input.height == 224)
  }
}
