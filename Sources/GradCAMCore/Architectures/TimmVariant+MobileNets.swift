extension TimmVariant {
  /// MobileNets and their relatives.
  static let mobileNets = [
    TimmVariant(
      "fbnetc_100", "fbnetc", [1, 3, 4, 4, 4, 4, 1], [16, 16, 24, 32, 64, 112, 184, 352],
      TrainedInput(256, 224, isBicubic: false)),
    TimmVariant(
      "mnasnet_050", "mnasnet", [1, 3, 3, 3, 2, 4, 1], [16, 8, 16, 24, 40, 48, 96, 160], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "mnasnet_075", "mnasnet", [1, 3, 3, 3, 2, 4, 1], [24, 16, 24, 32, 64, 72, 144, 240], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "mnasnet_100", "mnasnet", [1, 3, 3, 3, 2, 4, 1], [32, 16, 24, 40, 80, 96, 192, 320], TrainedInput(256, 224)),
    TimmVariant(
      "mnasnet_140", "mnasnet", [1, 3, 3, 3, 2, 4, 1], [48, 24, 32, 56, 112, 136, 272, 448], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "mnasnet_small", "mnasnet_small", [1, 1, 2, 4, 3, 3, 1], [8, 8, 16, 16, 32, 32, 88, 144], TrainedInput(256, 224)),
    TimmVariant(
      "mobilenet_edgetpu_100", "mobilenet_edgetpu", [1, 4, 4, 4, 4, 4, 1], [32, 16, 32, 48, 96, 96, 160, 192],
      TrainedInput(248, 224), isPublished: false),
    TimmVariant(
      "mobilenet_edgetpu_v2_l", "mobilenet_edgetpu_v2", [1, 2, 4, 4, 4, 4, 1], [64, 32, 64, 96, 192, 240, 256, 384],
      TrainedInput(248, 224), isPublished: false),
    TimmVariant(
      "mobilenet_edgetpu_v2_m", "mobilenet_edgetpu_v2", [1, 2, 4, 4, 4, 4, 1], [64, 32, 64, 80, 160, 192, 240, 320],
      TrainedInput(248, 224, isHalf: true)),
    TimmVariant(
      "mobilenet_edgetpu_v2_s", "mobilenet_edgetpu_v2", [1, 2, 4, 4, 4, 4, 1], [64, 24, 48, 64, 128, 160, 192, 256],
      TrainedInput(248, 224), isPublished: false),
    TimmVariant(
      "mobilenet_edgetpu_v2_xs", "mobilenet_edgetpu_v2", [1, 2, 4, 4, 4, 4, 1], [32, 16, 32, 48, 96, 144, 160, 192],
      TrainedInput(248, 224), isPublished: false),
    TimmVariant(
      "mobilenetv1_100", "mobilenetv1", [1, 2, 2, 6, 2], [32, 64, 128, 256, 512, 1024],
      TrainedInput(256, 224, isHalf: true)),
    TimmVariant(
      "mobilenetv1_125", "mobilenetv1", [1, 2, 2, 6, 2], [40, 80, 160, 320, 640, 1280],
      TrainedInput(248, 224, isHalf: true)),
    TimmVariant(
      "mobilenetv1_100h", "mobilenetv1", [1, 2, 2, 6, 2], [32, 64, 128, 256, 512, 1024],
      TrainedInput(256, 224, isHalf: true)),
    TimmVariant(
      "mobilenetv2_035", "mobilenetv2", [1, 2, 3, 4, 3, 3, 1], [16, 8, 8, 16, 24, 32, 56, 112], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "mobilenetv2_050", "mobilenetv2", [1, 2, 3, 4, 3, 3, 1], [16, 8, 16, 16, 32, 48, 80, 160], TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv2_075", "mobilenetv2", [1, 2, 3, 4, 3, 3, 1], [24, 16, 24, 24, 48, 72, 120, 240],
      TrainedInput(256, 224), isPublished: false),
    TimmVariant(
      "mobilenetv2_100", "mobilenetv2", [1, 2, 3, 4, 3, 3, 1], [32, 16, 24, 32, 64, 96, 160, 320],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv2_110d", "mobilenetv2", [1, 3, 4, 5, 4, 4, 1], [32, 16, 24, 32, 72, 104, 176, 352],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv2_120d", "mobilenetv2", [1, 3, 5, 6, 5, 5, 1], [32, 24, 32, 40, 80, 112, 192, 384],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv2_140", "mobilenetv2", [1, 2, 3, 4, 3, 3, 1], [48, 24, 32, 48, 88, 136, 224, 448],
      TrainedInput(256, 224)),
    TimmVariant(
      "semnasnet_050", "semnasnet", [1, 2, 3, 4, 2, 3, 1], [16, 8, 16, 24, 40, 56, 80, 160], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "semnasnet_075", "semnasnet", [1, 2, 3, 4, 2, 3, 1], [24, 16, 24, 32, 64, 88, 120, 240], TrainedInput(256, 224)),
    TimmVariant(
      "semnasnet_100", "semnasnet", [1, 2, 3, 4, 2, 3, 1], [32, 16, 24, 40, 80, 112, 160, 320], TrainedInput(256, 224)),
    TimmVariant(
      "semnasnet_140", "semnasnet", [1, 2, 3, 4, 2, 3, 1], [48, 24, 32, 56, 112, 160, 224, 448], TrainedInput(256, 224),
      isPublished: false),
    TimmVariant(
      "spnasnet_100", "spnasnet", [1, 3, 4, 4, 4, 4, 1], [32, 16, 24, 40, 80, 96, 192, 320],
      TrainedInput(256, 224, isBicubic: false)),
    TimmVariant(
      "fbnetv3_b", "fbnetv3", [2, 4, 5, 5, 6, 7, 1], [16, 16, 24, 40, 72, 120, 224, 1344],
      TrainedInput(235, 224, isBicubic: false)),
    TimmVariant(
      "fbnetv3_g", "fbnetv3", [3, 5, 5, 5, 9, 9, 1], [32, 24, 40, 56, 104, 160, 288, 1728],
      TrainedInput(252, 240, isBicubic: false)),
    TimmVariant(
      "fbnetv3_d", "fbnetv3", [2, 6, 5, 5, 7, 7, 1], [24, 16, 24, 40, 72, 128, 240, 1440],
      TrainedInput(235, 224, isBicubic: false)),
    TimmVariant(
      "lcnet_035", "lcnet", [1, 2, 2, 2, 4, 2], [8, 16, 24, 48, 88, 88, 176], TrainedInput(256, 224, isBicubic: false),
      isPublished: false),
    TimmVariant("lcnet_050", "lcnet", [1, 2, 2, 2, 4, 2], [8, 16, 32, 64, 128, 128, 256], TrainedInput(256, 224)),
    TimmVariant("lcnet_075", "lcnet", [1, 2, 2, 2, 4, 2], [16, 24, 48, 96, 192, 192, 384], TrainedInput(256, 224)),
    TimmVariant("lcnet_100", "lcnet", [1, 2, 2, 2, 4, 2], [16, 32, 64, 128, 256, 256, 512], TrainedInput(256, 224)),
    TimmVariant(
      "lcnet_150", "lcnet", [1, 2, 2, 2, 4, 2], [24, 48, 96, 192, 384, 384, 768],
      TrainedInput(256, 224, isBicubic: false), isPublished: false),
    TimmVariant(
      "mobilenetv3_large_075", "mobilenetv3_large", [1, 2, 3, 4, 2, 3, 1], [16, 16, 24, 32, 64, 88, 120, 720],
      TrainedInput(256, 224, isBicubic: false), isPublished: false),
    TimmVariant(
      "mobilenetv3_large_100", "mobilenetv3_large", [1, 2, 3, 4, 2, 3, 1], [16, 16, 24, 40, 80, 112, 160, 960],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv3_large_150d", "mobilenetv3_large", [2, 3, 4, 5, 3, 4, 2], [24, 24, 40, 64, 120, 168, 240, 1440],
      TrainedInput(269, 256, isBicubic: false, isHalf: true)),
    TimmVariant(
      "tf_mobilenetv3_large_075", "mobilenetv3_large", [1, 2, 3, 4, 2, 3, 1], [16, 16, 24, 32, 64, 88, 120, 720],
      TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_mobilenetv3_large_100", "mobilenetv3_large", [1, 2, 3, 4, 2, 3, 1], [16, 16, 24, 40, 80, 112, 160, 960],
      TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "mobilenetv3_rw", "mobilenetv3_rw", [1, 2, 3, 4, 2, 3, 1], [16, 16, 24, 40, 80, 112, 160, 960],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv3_small_050", "mobilenetv3_small", [1, 2, 3, 2, 3, 1], [16, 8, 16, 24, 24, 48, 288],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv3_small_075", "mobilenetv3_small", [1, 2, 3, 2, 3, 1], [16, 16, 24, 32, 40, 72, 432],
      TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv3_small_100", "mobilenetv3_small", [1, 2, 3, 2, 3, 1], [16, 16, 24, 40, 48, 96, 576],
      TrainedInput(256, 224)),
    TimmVariant(
      "tf_mobilenetv3_small_075", "mobilenetv3_small", [1, 2, 3, 2, 3, 1], [16, 16, 24, 32, 40, 72, 432],
      TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_mobilenetv3_small_100", "mobilenetv3_small", [1, 2, 3, 2, 3, 1], [16, 16, 24, 40, 48, 96, 576],
      TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "mobilenetv4_conv_aa_large", "mobilenetv4_conv", [1, 2, 11, 13, 1], [24, 48, 96, 192, 512, 960],
      TrainedInput(471, 448), style: .averages),
    TimmVariant(
      "mobilenetv4_conv_aa_medium", "mobilenetv4_conv", [1, 2, 8, 11, 1], [32, 48, 80, 160, 256, 960],
      TrainedInput(269, 256), style: .averages, isPublished: false),
    TimmVariant(
      "mobilenetv4_conv_blur_medium", "mobilenetv4_conv", [1, 2, 8, 11, 1], [32, 48, 80, 160, 256, 960],
      TrainedInput(235, 224), style: .blurs),
    TimmVariant(
      "mobilenetv4_conv_large", "mobilenetv4_conv", [1, 2, 11, 13, 1], [24, 48, 96, 192, 512, 960],
      TrainedInput(404, 384)),
    TimmVariant(
      "mobilenetv4_conv_medium", "mobilenetv4_conv", [1, 2, 8, 11, 1], [32, 48, 80, 160, 256, 960],
      TrainedInput(269, 256)),
    TimmVariant(
      "mobilenetv4_conv_small", "mobilenetv4_conv", [2, 2, 6, 6, 1], [32, 32, 64, 96, 128, 960], TrainedInput(256, 224)),
    TimmVariant(
      "mobilenetv4_conv_small_035", "mobilenetv4_conv", [2, 2, 6, 6, 1], [32, 16, 24, 32, 48, 336],
      TrainedInput(256, 224, isHalf: true), isPublished: false),
    TimmVariant(
      "mobilenetv4_conv_small_050", "mobilenetv4_conv", [2, 2, 6, 6, 1], [32, 16, 32, 48, 64, 480],
      TrainedInput(256, 224, isHalf: true)),
    TimmVariant(
      "tf_mobilenetv3_large_minimal_100", "mobilenetv3_large_minimal", [1, 2, 3, 4, 2, 3, 1],
      [16, 16, 24, 40, 80, 112, 160, 960], TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_mobilenetv3_small_minimal_100", "mobilenetv3_small_minimal", [1, 2, 3, 2, 3, 1],
      [16, 16, 24, 40, 48, 96, 576], TrainedInput(256, 224, isBicubic: false, isHalf: true), style: .tensorFlow),
  ]
}
