/// How the channels of an input attribution become one map.
enum ChannelReduction {
  case sum
  /// Simonyan's: the largest magnitude.
  case largestMagnitude
}

extension Tensor {
  /// A feature map of one image with its channels brought together: H × W.
  func overChannels(_ reduction: ChannelReduction) -> Heatmap {
    withElements { elements in
      Heatmap(width: shape.w, height: shape.h) { position in
        let channels = elements[position * shape.c..<(position + 1) * shape.c]
        switch reduction {
        case .sum: return channels.reduce(0, +)
        // A NaN stays: it is not less than anything.
        case .largestMagnitude: return channels.reduce(0) { abs($1) <= $0 || $0.isNaN ? $0 : abs($1) }
        }
      }
    }
  }
}
