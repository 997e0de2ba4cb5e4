/// What a file's samples become before the picture is resized: levels from 0 to 255, not whole.
struct SampleLevels {
  /// By channel, a level for each sample that can be; one table where all channels have the same.
  private let tables: [[Float]]

  init(of decoded: DecodedImage, as specification: Preprocessing) {
    let most = Double(decoded.most)
    guard case .deep(let image) = decoded.content else {
      // The picture was scaled to 255 when it was read.
      let window = specification.window ?? .init(low: 0, high: most)
      tables = [Self.table(to: 255) { (Double($0) / 255 * most - window.low) / (window.high - window.low) }]
      return
    }
    if let window = specification.window {
      tables = [Self.table(to: image.most) { (Double($0) - window.low) / (window.high - window.low) }]
    } else if case .significant(let count) = specification.bits {
      tables = [Self.table(to: image.most) { Double($0) / Double(1 << count - 1) }]
    } else if let significance = image.significance {
      tables = significance.bits.map { count in
        Self.table(to: image.most) {
          Double(significance.isLow ? $0 : $0 >> (16 - count)) / Double(1 << count - 1)
        }
      }
    } else {
      tables = [Self.table(to: image.most) { Double($0) / most }]
    }
  }

  private static func table(to most: Int, _ share: (Int) -> Double) -> [Float] {
    (0...most).map { Float(max(0, min(1, share($0))) * 255) }
  }

  /// The level of every sample of a channel.
  func table(_ channel: Int) -> [Float] { tables[tables.count == 1 ? 0 : channel] }
}

extension DecodedImage {
  /// The picture in 8 bits, as a specification has its samples read: what is drawn on.
  public func shown(as specification: Preprocessing) -> Image {
    switch content {
    case .plain(let image):
      guard specification.window != nil else { return image }
      let levels = SampleLevels(of: self, as: specification).table(0).map(Self.rounded)
      return Image(width: image.width, height: image.height, channels: image.channels) { target in
        for index in target.indices { target[index] = levels[Int(image.samples[index])] }
      }
    case .deep(let image):
      if specification.bits == .eight && specification.window == nil { return image.narrowed() }
      let levels = SampleLevels(of: self, as: specification)
      return image.mapped(by: (0..<image.channels).map { levels.table($0).map(Self.rounded) })
    }
  }

  private static func rounded(_ level: Float) -> UInt8 { UInt8(level.rounded(.toNearestOrEven)) }

  /// Whether a specification has it read otherwise than any viewer does.
  public func isShownOtherwise(by specification: Preprocessing) -> Bool {
    if case .deep = content { return true }
    return specification.window != nil
  }

  /// Whether a specification has the picture resized in single precision: where 8 bits would lose some of it.
  func isResizedInFloats(as specification: Preprocessing) -> Bool {
    specification.bits != .eight && isShownOtherwise(by: specification)
  }

  /// Writes a row in levels, as gray where the model sees gray.
  func readRow(_ row: Int, _ levels: SampleLevels, toGray: Bool, into target: UnsafeMutableBufferPointer<Float>) {
    switch content {
    case .plain(let image):
      Self.read(image.samples, image.width, image.channels, row, levels, toGray: toGray, into: target)
    case .deep(let image):
      Self.read(image.samples, image.width, image.channels, row, levels, toGray: toGray, into: target)
    }
  }

  private static func read<Sample: BinaryInteger>(
    _ samples: [Sample], _ width: Int, _ channels: Int, _ row: Int, _ levels: SampleLevels, toGray: Bool,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let tables = (0..<channels).map { levels.table($0) }
    samples.withUnsafeBufferPointer { samples in
      let start = row * width * channels
      guard toGray && channels == 3 else {
        for channel in 0..<channels {
          tables[channel].withUnsafeBufferPointer { table in
            for x in stride(from: channel, to: width * channels, by: channels) {
              target[x] = table[Int(samples[start + x])]
            }
          }
        }
        return
      }
      for x in 0..<width {
        let place = start + 3 * x
        let (red, green) = (tables[0][Int(samples[place])], tables[1][Int(samples[place + 1])])
        // PIL's weights of L, without its rounding.
        target[x] = (19595 * red + 38470 * green + 7471 * tables[2][Int(samples[place + 2])]) / 65536
      }
    }
  }
}
