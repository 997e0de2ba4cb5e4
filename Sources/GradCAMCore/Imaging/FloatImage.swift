/// A picture in single precision: gray or RGB, levels around 0…255, row by row, the channels of a pixel side by side.
struct FloatImage: Equatable {
  let width, height, channels: Int
  var samples: [Float]

  /// The picture in 8 bits: each level rounded, and held to 0…255.
  var rounded: Image {
    Image(width: width, height: height, channels: channels) { target in
      for index in target.indices { target[index] = UInt8(max(0, min(255, samples[index].rounded(.toNearestOrEven)))) }
    }
  }

  /// The picture on one of another size in a single colour, which makes three channels of one where it has three.
  func padded(left: Int, top: Int, width: Int, height: Int, with colour: [Float]) -> FloatImage {
    if (width, height) == (self.width, self.height) { return self }
    if colour.count > channels {
      let samples = samples.flatMap { Array(repeating: $0, count: colour.count) }
      return FloatImage(width: self.width, height: self.height, channels: colour.count, samples: samples).padded(
        left: left, top: top, width: width, height: height, with: colour)
    }
    let colour = colour.count == channels ? colour : Array(repeating: colour[0], count: channels)
    var result = FloatImage(
      width: width, height: height, channels: channels,
      samples: (0..<width * height * channels).map { colour[$0 % channels] })
    for row in 0..<self.height {
      let (from, to) = (row * self.width * channels, ((top + row) * width + left) * channels)
      let length = self.width * channels
      result.samples.replaceSubrange(to..<to + length, with: samples[from..<from + length])
    }
    return result
  }
}
