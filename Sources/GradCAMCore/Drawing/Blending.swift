/// How the colours of a map and the picture under it are mixed.
public enum Blending: String, Sendable, Hashable {
  /// (1−α)·image + α·colour.
  case mixed
  /// The same, divided by the brightest value of the result, as pytorch-grad-cam does.
  case brightened
  /// Over the picture in gray, as captum does.
  case overGray

  /// What the colours are laid over.
  func ground(_ image: Image) -> Image {
    guard self == .overGray, image.channels == 3 else { return image.convertedToRGB() }
    return Image(width: image.width, height: image.height, channels: 3) { target in
      for start in stride(from: 0, to: image.samples.count, by: 3) {
        let sum = image.samples[start..<start + 3].reduce(0) { $0 + Int($1) }
        for channel in 0..<3 { target[start + channel] = UInt8((sum + 1) / 3) }
      }
    }
  }
}

extension OverlayStyle {
  /// How a library draws its maps; without one the reference recipe, with a colour map of two signs where maps have one.
  public init(of library: PeerLibrary?, isSigned: Bool) {
    switch library {
    case .pytorchGradCAM: self.init(isSigned ? .bwr : .openCVJet, 0.5, 1, .bilinear)
    case .torchCAM: self.init(isSigned ? .bwr : .jet, 0.3, isSigned ? 1 : 2, .bicubic)
    case .captum: self.init(isSigned ? .rwg : .greens, 0.5, 1, .nearest)
    case nil: self.init(isSigned ? .bwr : .jet, 0.4, isSigned ? 1 : 2, .bicubic)
    }
    self.isSigned = isSigned
    blending = library == .pytorchGradCAM ? .brightened : library == .captum ? .overGray : .mixed
  }
}

extension ColorMap {
  /// The upper half of `rwg`: white to green.
  static let greens = ColorMap(
    name: "greens", red: [(0, 1), (1, 0)], green: [(0, 1), (1, 0.5)], blue: [(0, 1), (1, 0)])
}

extension Image {
  /// Mixes `color` into a part of the picture and divides that part by its brightest value; levels are cut to integers.
  mutating func brighten(with color: Image, x: Int, y: Int, alpha: Double) {
    func mixed(_ index: Int, _ offset: Int) -> Double {
      (1 - alpha) * Double(samples[offset]) + alpha * Double(color.samples[index])
    }
    func offset(_ index: Int) -> Int {
      let row = index / (color.width * 3)
      return ((y + row) * width + x) * 3 + index % (color.width * 3)
    }
    var brightest = 0.0
    for index in color.samples.indices { brightest = max(brightest, mixed(index, offset(index))) }
    guard brightest > 0 else { return }
    for index in color.samples.indices {
      let place = offset(index)
      samples[place] = UInt8(min(mixed(index, place) / brightest * 255, 255))
    }
  }
}
