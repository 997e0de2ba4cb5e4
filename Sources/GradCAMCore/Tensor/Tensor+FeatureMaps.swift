// Channels and images of feature maps, N C H W.

extension Tensor {
  /// One channel of the first image, row by row.
  func plane(_ channel: Int) -> [Float] {
    withElements { elements in (0..<shape.h * shape.w).map { elements[$0 * shape.c + channel] } }
  }

  /// Whether every channel of the first image has one value at all its positions.
  var isFlat: Bool {
    withElements { elements in (0..<shape.h * shape.w * shape.c).allSatisfy { elements[$0] == elements[$0 % shape.c] } }
  }

  /// The mean over the positions of the first image, by channel.
  public func channelMeans() -> [Float] {
    let positions = shape.h * shape.w
    var sums = [Double](repeating: 0, count: shape.c)
    sums.withUnsafeMutableBufferPointer { sums in
      for position in 0..<positions {
        let source = elements + position * shape.c
        for c in sums.indices { sums[c] += Double(source[c]) }
      }
    }
    return sums.map { Float($0 / Double(positions)) }
  }

  /// Left and right exchanged, where wanted, times a factor.
  func mirrored(_ isMirrored: Bool, times factor: Float) -> Tensor {
    Tensor(shape) { target in
      for row in 0..<shape.n * shape.h {
        for x in 0..<shape.w {
          let source = elements + (row * shape.w + (isMirrored ? shape.w - 1 - x : x)) * shape.c
          for c in 0..<shape.c { target[(row * shape.w + x) * shape.c + c] = source[c] * factor }
        }
      }
    }
  }
}

// MARK: - Batches

extension Shape {
  /// The same for `count` images.
  func withImages(_ count: Int) -> Shape { Shape([count] + dimensions.dropFirst()) }
}

extension Tensor {
  /// Some images of a batch.
  func images(_ range: Range<Int>) -> Tensor {
    let size = count / max(shape.n, 1)
    return Tensor(shape.withImages(range.count)) {
      $0.update(from: elements + range.lowerBound * size, count: range.count * size)
    }
  }

  /// A batch of the one image, `count` times.
  func repeated(_ count: Int) -> Tensor {
    Tensor(shape.withImages(count)) { target in
      for image in 0..<count { (target + image * self.count).update(from: elements, count: self.count) }
    }
  }

  /// One batch of several, of the same sizes.
  static func concatenating(_ batches: [Tensor]) -> Tensor {
    guard let first = batches.first, batches.count > 1 else { return batches.first ?? Tensor([], Shape(0)) }
    return Tensor(first.shape.withImages(batches.reduce(0) { $0 + $1.shape.n })) { target in
      var offset = 0
      for batch in batches {
        (target + offset).update(from: batch.elements, count: batch.count)
        offset += batch.count
      }
    }
  }
}
