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

  /// Mixes `color` into a part of `ground`, its upper left corner at (`x`, `y`).
  func blend(_ color: Image, into ground: inout Image, x: Int, y: Int, alpha: Double) {
    if self == .brightened {
      ground.brighten(with: color, x: x, y: y, alpha: alpha)
    } else {
      ground.mix(with: color, x: x, y: y, alpha: alpha)
    }
  }
}

extension Image {
  /// Mixes `color` into a part of the picture, each level rounded half to even.
  fileprivate mutating func mix(with color: Image, x: Int, y: Int, alpha: Double) {
    let levels = (0..<256).map { (image: (1 - alpha) * Double($0), color: alpha * Double($0)) }
    // Numbers from 2^52 to 2^53 are whole, so that adding such a one rounds to the nearest, half to even, and leaves
    // the result in the lowest bits.
    let rounding = 0x1.8p52
    let length = color.width * 3
    let width = width
    samples.withUnsafeMutableBufferPointer { target in
      color.samples.withUnsafeBufferPointer { color in
        levels.withUnsafeBufferPointer { levels in
          for row in 0..<color.count / length {
            let start = ((y + row) * width + x) * 3
            for index in 0..<length {
              let sum = levels[Int(target[start + index])].image + levels[Int(color[row * length + index])].color
              target[start + index] = UInt8(truncatingIfNeeded: (sum + rounding).bitPattern)
            }
          }
        }
      }
    }
  }

  /// Mixes `color` into a part of the picture and divides that part by its brightest value; levels are cut to integers.
  fileprivate mutating func brighten(with color: Image, x: Int, y: Int, alpha: Double) {
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
