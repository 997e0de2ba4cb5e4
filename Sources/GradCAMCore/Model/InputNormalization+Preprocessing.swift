import Glibc
import ModelFormats

extension InputNormalization {
  /// Means and deviations of ImageNet's photographs by channel, red first, samples from 0 to 1: what torchvision normalises by.
  private static let photographs = (mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
  private static let grayPhotographs = (mean: 0.449, std: 0.226)

  /// Presets that networks with a normalisation of their own are made for, the likelier first of equals.
  private static let candidates = ["unit", "raw", "imagenet", "tf"]

  /// A scale between these says nothing by itself of what the input is meant to be.
  private static let tellingScales = (least: 0.2, most: 5.0)

  /// How much a mean that is off by a deviation weighs beside a deviation that is off by e: it is the shift that a normalisation is
  /// exact about.
  private static let weightOfMean = 8.0

  /// How much more of it is no matter of taste: deviations of a factor of e³, or means that are off by three eighths of one.
  static let notableMisfit = 3.0

  /// The preset whose pictures these constants bring nearest to a mean of 0 and a deviation of 1.
  ///
  /// - Parameter inputChannels: of the network.
  /// - Returns: nil where the constants do not tell.
  func preset(inputChannels: Int) -> String? {
    guard isTelling, inputChannels == 1 || inputChannels == 3 else { return nil }
    let presets = Self.candidates.compactMap { name -> (name: String, misfit: Double)? in
      guard inputChannels == 3 || name != "imagenet", let preset = try? Preprocessing(parsing: name) else { return nil }
      return (name, misfit(preset, inputChannels: inputChannels))
    }
    return presets.min { $0.misfit < $1.misfit }?.name
  }

  /// Whether the constants are other than a small factor.
  private var isTelling: Bool {
    !isScaleOnly
      || channels.contains { !(Self.tellingScales.least...Self.tellingScales.most).contains(abs($0.scale)) }
  }

  private var isScaleOnly: Bool { channels.allSatisfy { $0.shift == 0 } }

  /// How far from a mean of 0 and a deviation of 1 photographs are behind these constants: 0 for where they are, more the farther.
  func misfit(_ preprocessing: Preprocessing, inputChannels: Int) -> Double {
    let total = channels.reduce(0.0) { total, channel in
      let place = preprocessing.channels == .bgr ? inputChannels - 1 - channel.source : channel.source
      let (mean, std) =
        inputChannels == 3
        ? (Self.photographs.mean[place], Self.photographs.std[place]) : Self.grayPhotographs
      // A photograph's statistics as the preprocessing leaves them, and as the network's constants do.
      let (offset, divisor) = (preprocessing.mean.value(channel.source), preprocessing.std.value(channel.source))
      let center = channel.scale * (mean * 255 / preprocessing.scale - offset) / divisor + channel.shift
      let spread = abs(channel.scale * std * 255 / preprocessing.scale / divisor)
      return total + abs(log(spread)) + (isScaleOnly ? 0 : Self.weightOfMean * abs(center) / spread)
    }
    return total / Double(channels.count)
  }

  /// `takes 0.485/0.456/0.406 away and divides by 0.229/0.224/0.225`.
  var words: String {
    let means = channels.map { -$0.shift / $0.scale }
    let divisors = channels.map { 1 / $0.scale }
    let parts = [
      means.allSatisfy { $0 == 0 } ? nil : "takes \(Self.text(means)) away",
      divisors.allSatisfy { $0 == 1 } ? nil : "divides by \(Self.text(divisors))",
    ]
    return parts.compactMap { $0 }.joined(separator: " and ")
  }

  private static func text(_ numbers: [Double]) -> String {
    let rounded = numbers.map { number in
      // To four digits.
      let factor = number == 0 ? 1 : pow(10, 4 - log10(abs(number)).rounded(.up))
      return (number * factor).rounded() / factor
    }
    let shown = Set(rounded).count == 1 ? Array(rounded.prefix(1)) : rounded
    return shown.map { $0 == $0.rounded() && abs($0) < 1e15 ? "\(Int($0))" : "\($0)" }.joined(separator: "/")
  }
}

extension [Double] {
  /// A channel's value, or the one that all channels share.
  fileprivate func value(_ channel: Int) -> Double { count > channel ? self[channel] : self[0] }
}
