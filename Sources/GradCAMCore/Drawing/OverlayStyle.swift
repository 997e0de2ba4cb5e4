import Glibc
public import ModelFormats

/// How a map is coloured and mixed with its image: out = (1−α)·image + α·colour(|map|^γ).
public struct OverlayStyle: Sendable, Hashable {
  /// What colours the map.
  public let colorMap: ColorMap
  /// The colour's share, 0…1.
  public let alpha: Double
  /// The exponent on the map's magnitude.
  public let gamma: Float
  /// How the map is enlarged.
  public let interpolation: Interpolation
  /// Whether values run from −1 to 1, with 0 in the middle of the colours.
  public var isSigned = false
  /// What 1 stands for, in units of the unscaled map, where that was fixed for all maps: the colour bar tells it.
  public var fixedScale: Float?
  /// What value the end of the colours stands for: larger magnitudes look like it. Below 1, a map's outliers are clipped.
  public var fullScale: Float = 1
  /// How colours and picture are mixed.
  public var blending = Blending.mixed
  /// What is drawn around regions of large values.
  public var marks: RegionMarks?

  /// The reference recipe's: jet, 0.4, 2, bicubic.
  public static let reference = OverlayStyle(.jet, 0.4, 2, .bicubic)

  /// The reference recipe, where nothing else is said.
  ///
  /// - Throws: `InputError` about `alpha` outside 0…1, or `gamma` that is no positive number.
  public init(
    colorMap: ColorMap = .jet, alpha: Double = 0.4, gamma: Double = 2, interpolation: Interpolation = .bicubic
  ) throws(InputError) {
    guard (0...1).contains(alpha) else {
      throw InputError(.alpha, "\(alpha) is no share", remedy: "a number from 0 to 1")
    }
    guard Float(gamma) > 0, Float(gamma).isFinite else {
      throw InputError(.gamma, "\(gamma) is no exponent", remedy: "a number over 0")
    }
    self.init(colorMap, alpha, Float(gamma), interpolation)
  }

  init(_ colorMap: ColorMap, _ alpha: Double, _ gamma: Float, _ interpolation: Interpolation) {
    (self.colorMap, self.alpha, self.gamma, self.interpolation) = (colorMap, alpha, gamma, interpolation)
  }

  /// The map with `fullScale` at 1, and nothing beyond it. Clipped before it is enlarged, an outlier has no rim.
  func scaled(_ heatmap: Heatmap) -> Heatmap {
    if fullScale == 1 { return heatmap }
    let values = heatmap.drawable.clipped(to: fullScale).values.map { $0 / fullScale }
    return Heatmap(width: heatmap.width, height: heatmap.height, values: values)
  }

  /// The style for a map without a picture under it: opaque, and its values as they are.
  public var forMapAlone: OverlayStyle {
    var style = OverlayStyle(colorMap, 1, 1, interpolation)
    (style.isSigned, style.fullScale, style.fixedScale) = (isSigned, fullScale, fixedScale)
    return style
  }

  /// Where a value lies on the colour map, 0…1 (beyond it where a map overshoots).
  func position(of value: Float) -> Float {
    let place = isSigned ? 0.5 + (value < 0 ? -0.5 : 0.5) * magnitude(of: value) : magnitude(of: value)
    // pytorch-grad-cam cuts 255·v to an index.
    return blending == .brightened ? (floorf(255 * place) + 0.5) / 256 : place
  }

  private func magnitude(of value: Float) -> Float {
    if gamma == 2 { return value * value }
    return gamma == 1 ? abs(value) : powf(abs(value), gamma)
  }

  /// The map in colour, each of its values a pixel.
  func colored(_ heatmap: Heatmap) -> Image {
    Image(width: heatmap.width, height: heatmap.height, channels: 3) { target in
      heatmap.values.withUnsafeBufferPointer { values in
        colorMap.levels.withUnsafeBufferPointer { levels in
          for index in values.indices {
            let level = ColorMap.index(of: position(of: values[index])) * 3
            target[index * 3] = levels[level]
            target[index * 3 + 1] = levels[level + 1]
            target[index * 3 + 2] = levels[level + 2]
          }
        }
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
