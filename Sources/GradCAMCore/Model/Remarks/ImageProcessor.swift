import ModelFormats

/// What a class of transformers' image processors does where a `preprocessor_config.json` does not say otherwise: version 5.24,
/// `transformers/models/*/image_processing_*.py`.
struct ImageProcessor: Sendable {
  /// The class's name without `ImageProcessor`.
  let name: String
  /// Pillow's number.
  var resample = 3.0
  var mean = [0.5]
  var std = [0.5]
  /// As `size` in the file, of a single number or of two sides alike.
  var size = 224
  /// Whether a size that is one number means a square rather than the shorter side.
  var isSquare = true
  var crop = 224
  var crops = false
  /// What the size is divided by before the crop; nil for classes that do not.
  var share: Double?
  /// Whether a file may turn normalisation on.
  var normalizes = true

  /// What the file calls the class: today's name, and that of earlier versions.
  private static let endings = ["ImageProcessorFast", "ImageProcessorPil", "ImageProcessor", "FeatureExtractor"]

  /// The class that a file names, or else the one that belongs to the model's family.
  static func named(_ type: String?, family: String?) -> (name: String, known: ImageProcessor?)? {
    if let type {
      let ending = endings.first(where: type.hasSuffix) ?? ""
      let name = String(type.dropLast(ending.count))
      return (name, all.first { $0.name == name })
    }
    guard let family, let name = families[family] else { return nil }
    return (name, all.first { $0.name == name })
  }

  private static let clip = (mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711])
  private static let imagenet = (mean: Remarks.imagenetMean, std: Remarks.imagenetStd)

  static let all: [ImageProcessor] = [
    ImageProcessor(name: "Beit"),
    ImageProcessor(name: "Bit", mean: clip.mean, std: clip.std, isSquare: false, crops: true),
    ImageProcessor(name: "CLIP", mean: clip.mean, std: clip.std, isSquare: false, crops: true),
    ImageProcessor(name: "ConvNext", size: 384, isSquare: false, share: 0.875),
    ImageProcessor(name: "DeiT", size: 256, crops: true),
    ImageProcessor(name: "EfficientNet", size: 346, crop: 289),
    ImageProcessor(name: "Levit", mean: imagenet.mean, std: imagenet.std, isSquare: false, crops: true),
    ImageProcessor(name: "MobileNetV1", resample: 2, size: 256, isSquare: false, crops: true),
    ImageProcessor(name: "MobileNetV2", resample: 2, size: 256, isSquare: false, crops: true),
    ImageProcessor(name: "MobileViT", isSquare: false, crop: 256, crops: true, normalizes: false),
    ImageProcessor(
      name: "PoolFormer", mean: imagenet.mean, std: imagenet.std, isSquare: false, crops: true, share: 0.9),
    ImageProcessor(name: "Pvt", mean: imagenet.mean, std: imagenet.std),
    ImageProcessor(name: "Segformer", resample: 2, mean: imagenet.mean, std: imagenet.std, size: 512),
    ImageProcessor(name: "Siglip"),
    ImageProcessor(name: "ViT", resample: 2),
  ]

  /// `IMAGE_PROCESSOR_MAPPING_NAMES`, of families that classify images.
  private static let families = [
    "beit": "Beit", "data2vec-vision": "Beit", "bit": "Bit", "dinov2": "Bit", "focalnet": "Bit", "hiera": "Bit",
    "clip": "CLIP", "convnext": "ConvNext", "convnextv2": "ConvNext", "cvt": "ConvNext", "regnet": "ConvNext",
    "resnet": "ConvNext", "deit": "DeiT", "dinat": "ViT", "ijepa": "ViT", "swiftformer": "ViT", "swin": "ViT",
    "swinv2": "ViT", "vit": "ViT", "vit_msn": "ViT", "efficientnet": "EfficientNet", "levit": "Levit",
    "mobilenet_v1": "MobileNetV1", "mobilenet_v2": "MobileNetV2", "mobilevit": "MobileViT", "mobilevitv2": "MobileViT",
    "poolformer": "PoolFormer", "pvt": "Pvt", "pvt_v2": "Pvt", "segformer": "Segformer", "siglip": "Siglip",
  ]

  /// Classes that do something else: they crop before they resize, turn pictures, or make several or none of them.
  static let others: Set<String> = [
    "Donut", "Flava", "Gemma3", "ImageGPT", "NougatImage", "Perceiver", "Pix2Struct", "PPLCNet", "Siglip2", "TextNet",
    "VideoMAE", "Vilt", "Vivit",
  ]
}
