/// The pictures that published weights were trained or are evaluated with: the shorter side and the middle of it, or both sides at
/// once.
struct TrainedInput: Sendable {
  /// As the key `resize` of preprocessing spells it.
  let resize: String
  /// Height and width of what the network sees, in pixels.
  let side: Int
  /// Whether pictures are resized by cubic interpolation rather than linear.
  let isBicubic: Bool
  /// Whether samples go from −1 to 1 rather than having ImageNet's mean and deviation.
  let isHalf: Bool

  init(_ shortSide: Int, _ side: Int, isBicubic: Bool = true, isHalf: Bool = false) {
    (resize, self.side, self.isBicubic, self.isHalf) = ("\(shortSide)", side, isBicubic, isHalf)
  }

  /// Both sides of the picture get the length, whatever that does to its shape: timm's `crop_mode` of `squash`.
  init(squashed side: Int, isBicubic: Bool = true, isHalf: Bool = false) {
    (resize, self.side, self.isBicubic, self.isHalf) = ("\(side)x\(side)", side, isBicubic, isHalf)
  }

  /// What torchvision's `ImageClassification` does by default.
  static let usual = TrainedInput(256, 224, isBicubic: false)

  /// The preprocessing, as `Preprocessing(parsing:)` reads it.
  func preprocessing(channels: Int) -> String {
    let isUsual = (resize, side, isBicubic, isHalf) == ("256", 224, false, false)
    if channels == 3 && isUsual { return "imagenet" }
    let preset = channels != 3 ? "unit" : isHalf ? "half" : "imagenet"
    return "\(preset),resize=\(resize),crop=\(side)\(isBicubic ? ",interpolation=bicubic" : "")"
  }

  /// The network's input.
  func size(channels: Int) -> InputSize {
    InputSize(channels: channels, height: side, width: side, isFixed: false)
  }
}
