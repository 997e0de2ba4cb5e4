extension Preprocessing {
  /// The same for results of another size: the crop is that size, and the picture is resized in its old proportion to the crop,
  /// to the nearest pixel.
  ///
  /// `imagenet`'s 256 and 224 become 342 and 299, which torchvision has for Inception v3 (timm cuts to 341). A result of another shape
  /// than before is made of a picture that is squashed to it. Sizes that are left open stay so.
  func fitted(to size: (height: Int, width: Int)) -> Preprocessing {
    guard let made = fixedSize, made != size else { return self }
    func scaled(_ side: Int, _ new: Int, _ old: Int) -> Int {
      max(1, Int((Double(side) * Double(new) / Double(old)).rounded()))
    }
    var fitted = self
    if case .size = crop { fitted.crop = .size(height: size.height, width: size.width) }
    switch resize {
    case .shortSide(let side) where size.height * made.width == size.width * made.height:
      fitted.resize = .shortSide(scaled(side, size.height, made.height))
    case .shortSide(let side):
      let short = min(made.height, made.width)
      fitted.resize = .size(height: scaled(side, size.height, short), width: scaled(side, size.width, short))
    case .size(let height, let width):
      fitted.resize = .size(
        height: scaled(height, size.height, made.height), width: scaled(width, size.width, made.width))
    case .covering(let height, let width):
      fitted.resize = .covering(
        height: scaled(height, size.height, made.height), width: scaled(width, size.width, made.width))
    case .within(let height, let width):
      fitted.resize = .within(
        height: scaled(height, size.height, made.height), width: scaled(width, size.width, made.width))
    case nil, .some(.none): break
    }
    return fitted
  }
}
