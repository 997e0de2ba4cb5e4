import Testing

@testable import ModelFormats

@Suite struct NetworkRoleTests {
  @Test(arguments: [
    "ema", "model_ema", "state_dict_ema", "emaModel", "ema_state_dict", "teacher.backbone.", "net.averaged_model",
    "target_network", "encoder_k", "swa_model",
  ])
  func `Copies are told by their names`(_ name: String) {
    #expect(NetworkRole.isCopy(name) && NetworkRole.isBeside(name))
  }

  @Test(arguments: [
    "model", "schema", "cinema.layer1", "student", "encoder_q", "network", "state_dict", "", "backbone",
  ])
  func `Other names tell nothing`(_ name: String) { #expect(!NetworkRole.isCopy(name)) }

  @Test func `Heads of cosines are told by their names`() {
    for name in ["arcface.weight", "model.ArcMarginProduct.weight", "loss.W", "metric_fc.weight", "cosFace.fc.kernel"] {
      #expect(NetworkRole.isMarginHead(name), "\(name)")
    }
    for name in ["fc.weight", "arcface.bias", "weight", "metrics.weight", "search.weight", "surface.weight", "W"] {
      #expect(!NetworkRole.isMarginHead(name), "\(name)")
    }
  }

  @Test func `What stands beside a network is no copy`() {
    for name in ["aux_head", "projector", "criterion.vgg", "decoder.block", "SegmentationHead", "lossFn"] {
      #expect(NetworkRole.isBeside(name) && !NetworkRole.isCopy(name), "\(name)")
    }
    for name in ["fc", "classifier", "head", "last_linear", String(repeating: "é", count: 10_000)] {
      #expect(!NetworkRole.isBeside(name))
    }
  }
}
