extension TimmVariant {
  /// EfficientNets and TinyNets.
  static let efficientNets = [
    TimmVariant(
      "efficientnet_b0", "efficientnet", [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(256, 224)),
    TimmVariant(
      "efficientnet_b1", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(266, 240, isHalf: true)),
    TimmVariant(
      "efficientnet_b1_pruned", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 12, 35, 74, 67, 192, 320],
      TrainedInput(272, 240, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnet_b2", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 24, 48, 88, 120, 208, 352],
      TrainedInput(292, 256)),
    TimmVariant(
      "efficientnet_b2_pruned", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 17, 42, 85, 116, 208, 352],
      TrainedInput(292, 260, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnet_b3", "efficientnet", [2, 3, 3, 5, 5, 6, 2], [40, 24, 32, 48, 96, 136, 232, 384],
      TrainedInput(329, 288)),
    TimmVariant(
      "efficientnet_b3_pruned", "efficientnet", [2, 3, 3, 5, 5, 6, 2], [40, 24, 12, 40, 93, 120, 232, 384],
      TrainedInput(331, 300, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnet_b4", "efficientnet", [2, 4, 4, 6, 6, 8, 2], [48, 24, 32, 56, 112, 160, 272, 448],
      TrainedInput(365, 320)),
    TimmVariant(
      "efficientnet_b5", "efficientnet", [3, 5, 5, 7, 7, 9, 3], [48, 24, 40, 64, 128, 176, 304, 512],
      TrainedInput(squashed: 448)),
    TimmVariant(
      "efficientnet_b6", "efficientnet", [3, 6, 6, 8, 8, 11, 3], [56, 32, 40, 72, 144, 200, 344, 576],
      TrainedInput(560, 528), isPublished: false),
    TimmVariant(
      "efficientnet_b7", "efficientnet", [4, 7, 7, 10, 10, 13, 4], [64, 32, 48, 80, 160, 224, 384, 640],
      TrainedInput(632, 600), isPublished: false),
    TimmVariant(
      "efficientnet_b8", "efficientnet", [4, 8, 8, 11, 11, 15, 4], [72, 32, 56, 88, 176, 248, 424, 704],
      TrainedInput(704, 672), isPublished: false),
    TimmVariant(
      "efficientnet_l2", "efficientnet", [6, 11, 11, 16, 16, 22, 6], [136, 72, 104, 176, 344, 480, 824, 1376],
      TrainedInput(832, 800), isPublished: false),
    TimmVariant(
      "tf_efficientnet_b0", "efficientnet", [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(256, 224), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b1", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(272, 240), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b2", "efficientnet", [2, 3, 3, 4, 4, 5, 2], [32, 16, 24, 48, 88, 120, 208, 352],
      TrainedInput(292, 260), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b3", "efficientnet", [2, 3, 3, 5, 5, 6, 2], [40, 24, 32, 48, 96, 136, 232, 384],
      TrainedInput(331, 300), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b4", "efficientnet", [2, 4, 4, 6, 6, 8, 2], [48, 24, 32, 56, 112, 160, 272, 448],
      TrainedInput(412, 380), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b5", "efficientnet", [3, 5, 5, 7, 7, 9, 3], [48, 24, 40, 64, 128, 176, 304, 512],
      TrainedInput(488, 456), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b6", "efficientnet", [3, 6, 6, 8, 8, 11, 3], [56, 32, 40, 72, 144, 200, 344, 576],
      TrainedInput(560, 528), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b7", "efficientnet", [4, 7, 7, 10, 10, 13, 4], [64, 32, 48, 80, 160, 224, 384, 640],
      TrainedInput(632, 600), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_b8", "efficientnet", [4, 8, 8, 11, 11, 15, 4], [72, 32, 56, 88, 176, 248, 424, 704],
      TrainedInput(704, 672, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_l2", "efficientnet", [6, 11, 11, 16, 16, 22, 6], [136, 72, 104, 176, 344, 480, 824, 1376],
      TrainedInput(507, 475), style: .tensorFlow),
    TimmVariant(
      "tinynet_a", "efficientnet", [1, 2, 2, 4, 4, 5, 1], [32, 16, 24, 40, 80, 112, 192, 320], TrainedInput(219, 192)),
    TimmVariant(
      "tinynet_b", "efficientnet", [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 32, 64, 88, 144, 240], TrainedInput(214, 188)),
    TimmVariant(
      "tinynet_c", "efficientnet", [1, 2, 2, 3, 3, 3, 1], [32, 8, 16, 24, 40, 64, 104, 176], TrainedInput(210, 184)),
    TimmVariant(
      "tinynet_d", "efficientnet", [1, 1, 1, 2, 2, 3, 1], [32, 8, 16, 24, 40, 64, 104, 176], TrainedInput(173, 152)),
    TimmVariant(
      "tinynet_e", "efficientnet", [1, 1, 1, 2, 2, 2, 1], [32, 8, 16, 24, 40, 56, 96, 160], TrainedInput(121, 106)),
    TimmVariant(
      "efficientnet_el", "efficientnet_edge", [2, 3, 6, 7, 6, 3], [40, 32, 40, 56, 112, 176, 232],
      TrainedInput(331, 300)),
    TimmVariant(
      "efficientnet_el_pruned", "efficientnet_edge", [2, 3, 6, 7, 6, 3], [40, 32, 40, 56, 112, 176, 232],
      TrainedInput(331, 300)),
    TimmVariant(
      "efficientnet_em", "efficientnet_edge", [2, 3, 5, 6, 5, 3], [32, 24, 32, 48, 96, 144, 192], TrainedInput(272, 240)
    ),
    TimmVariant(
      "efficientnet_es", "efficientnet_edge", [1, 2, 4, 5, 4, 2], [32, 24, 32, 48, 96, 144, 192], TrainedInput(256, 224)
    ),
    TimmVariant(
      "efficientnet_es_pruned", "efficientnet_edge", [1, 2, 4, 5, 4, 2], [32, 24, 32, 48, 96, 144, 192],
      TrainedInput(256, 224)),
    TimmVariant(
      "tf_efficientnet_el", "efficientnet_edge", [2, 3, 6, 7, 6, 3], [40, 32, 40, 56, 112, 176, 232],
      TrainedInput(331, 300, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_em", "efficientnet_edge", [2, 3, 5, 6, 5, 3], [32, 24, 32, 48, 96, 144, 192],
      TrainedInput(272, 240, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_es", "efficientnet_edge", [1, 2, 4, 5, 4, 2], [32, 24, 32, 48, 96, 144, 192],
      TrainedInput(256, 224, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnet_lite0", "efficientnet_lite", [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(256, 224)),
    TimmVariant(
      "efficientnet_lite1", "efficientnet_lite", [1, 3, 3, 4, 4, 5, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(272, 240), isPublished: false),
    TimmVariant(
      "efficientnet_lite2", "efficientnet_lite", [1, 3, 3, 4, 4, 5, 1], [32, 16, 24, 48, 88, 120, 208, 352],
      TrainedInput(292, 260), isPublished: false),
    TimmVariant(
      "efficientnet_lite3", "efficientnet_lite", [1, 3, 3, 5, 5, 6, 1], [32, 24, 32, 48, 96, 136, 232, 384],
      TrainedInput(331, 300), isPublished: false),
    TimmVariant(
      "efficientnet_lite4", "efficientnet_lite", [1, 4, 4, 6, 6, 8, 1], [32, 24, 32, 56, 112, 160, 272, 448],
      TrainedInput(412, 380), isPublished: false),
    TimmVariant(
      "tf_efficientnet_lite0", "efficientnet_lite", [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(256, 224, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_lite1", "efficientnet_lite", [1, 3, 3, 4, 4, 5, 1], [32, 16, 24, 40, 80, 112, 192, 320],
      TrainedInput(272, 240, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_lite2", "efficientnet_lite", [1, 3, 3, 4, 4, 5, 1], [32, 16, 24, 48, 88, 120, 208, 352],
      TrainedInput(292, 260, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_lite3", "efficientnet_lite", [1, 3, 3, 5, 5, 6, 1], [32, 24, 32, 48, 96, 136, 232, 384],
      TrainedInput(331, 300, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnet_lite4", "efficientnet_lite", [1, 4, 4, 6, 6, 8, 1], [32, 24, 32, 56, 112, 160, 272, 448],
      TrainedInput(413, 380, isBicubic: false, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnetv2_l", "efficientnetv2", [4, 7, 7, 10, 19, 25, 7], [32, 32, 64, 96, 192, 224, 384, 640],
      TrainedInput(384, 384), isPublished: false),
    TimmVariant(
      "efficientnetv2_m", "efficientnetv2", [3, 5, 5, 7, 14, 18, 5], [24, 24, 48, 80, 160, 176, 304, 512],
      TrainedInput(320, 320), isPublished: false),
    TimmVariant(
      "efficientnetv2_xl", "efficientnetv2", [4, 8, 8, 16, 24, 32, 8], [32, 32, 64, 96, 192, 256, 512, 640],
      TrainedInput(384, 384), isPublished: false),
    TimmVariant(
      "tf_efficientnetv2_l", "efficientnetv2", [4, 7, 7, 10, 19, 25, 7], [32, 32, 64, 96, 192, 224, 384, 640],
      TrainedInput(squashed: 384, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_m", "efficientnetv2", [3, 5, 5, 7, 14, 18, 5], [24, 24, 48, 80, 160, 176, 304, 512],
      TrainedInput(squashed: 384, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_xl", "efficientnetv2", [4, 8, 8, 16, 24, 32, 8], [32, 32, 64, 96, 192, 256, 512, 640],
      TrainedInput(squashed: 384, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "efficientnetv2_rw_m", "efficientnetv2", [3, 5, 5, 8, 15, 24], [32, 32, 56, 80, 152, 192, 328],
      TrainedInput(320, 320)),
    TimmVariant(
      "efficientnetv2_rw_s", "efficientnetv2", [2, 4, 4, 6, 9, 15], [24, 24, 48, 64, 128, 160, 272],
      TrainedInput(288, 288)),
    TimmVariant(
      "efficientnetv2_rw_t", "efficientnetv2", [2, 4, 4, 6, 9, 14], [24, 24, 40, 48, 104, 128, 208],
      TrainedInput(224, 224)),
    TimmVariant(
      "efficientnetv2_s", "efficientnetv2", [2, 4, 4, 6, 9, 15], [24, 24, 48, 64, 128, 160, 256],
      TrainedInput(288, 288), isPublished: false),
    TimmVariant(
      "tf_efficientnetv2_b0", "efficientnetv2", [1, 2, 2, 3, 5, 8], [32, 16, 32, 48, 96, 112, 192],
      TrainedInput(219, 192), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_b1", "efficientnetv2", [2, 3, 3, 4, 6, 9], [32, 16, 32, 48, 96, 112, 192],
      TrainedInput(217, 192), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_b2", "efficientnetv2", [2, 3, 3, 4, 6, 10], [32, 16, 32, 56, 104, 120, 208],
      TrainedInput(233, 208), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_b3", "efficientnetv2", [2, 3, 3, 5, 7, 12], [40, 16, 40, 56, 112, 136, 232],
      TrainedInput(squashed: 240, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "tf_efficientnetv2_s", "efficientnetv2", [2, 4, 4, 6, 9, 15], [24, 24, 48, 64, 128, 160, 256],
      TrainedInput(300, 300, isHalf: true), style: .tensorFlow),
    TimmVariant(
      "test_efficientnet", "test_efficientnet", [1, 1, 1, 1, 1], [24, 16, 24, 32, 48, 64], TrainedInput(168, 160)),
  ]
}
