import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// The layers that are worth trying beside a network's own.
@Suite struct StageEndsTests {
  @Test(arguments: [
    ("resnet50", ["layer3.5", "layer2.3", "layer1.2"]),
    ("densenet", ["features.denseblock3", "features.denseblock2", "features.denseblock1"]),
    ("vgg11", ["features.14", "features.9"]),
    ("alexnet", ["features.4", "features.1"]),
    ("googlenet", ["inception4e", "inception3b", "conv3"]),
    ("inception_v3", ["Mixed_6e", "Mixed_5d", "Conv2d_4a_3x3", "Conv2d_3b_1x1"]),
    ("mobilenet_v2", ["features.13", "features.6", "features.3"]),
    ("mobilenet_v3_large", ["features.12", "features.6", "features.3"]),
    ("efficientnet", ["features.5.2", "features.3.1", "features.2.1"]),
    ("convnext-timm", ["stages.2.blocks.0", "stages.1.blocks.1", "stages.0.blocks.0"]),
    ("timm-mobilenetv4", ["blocks.2.5", "blocks.1.1.bn1", "blocks.0.1.bn1"]),
  ]) func `Stages end in whole blocks, not in the start of the next one`(_ fixture: String, _ layers: [String]) throws {
    let records = try Fixture("architectures/\(fixture)").parameters.map { try $0.record }
    let loaded = try StateDictImporter.load(records, spec: nil, threads: 2)
    let positions = PositionMap(loaded.graph, try loaded.graph.shapes(for: Shape([1, 3, 224, 224])))
    let call = try #require(loaded.graph.lastCall(loaded.architecture.defaultLayer.path))
    let own = try #require(positions.view(of: call.output))
    let ends = StageEnds(loaded.graph, positions) { $0.rows * 4 <= 224 && $0.rows > own.rows }
    #expect(ends.layers == layers)
  }

  @Test func `The model's own layer stands first`() throws {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    #expect(model.layersToTry == ["resnet_blocks.4", "resnet_blocks.3", "resnet_blocks.2", "resnet_blocks.1"])
  }
}
