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
}
