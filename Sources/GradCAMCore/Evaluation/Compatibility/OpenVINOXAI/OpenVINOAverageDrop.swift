/// openvino_xai 1.1's `average_drop` of `ADCC`: max(0, y − o) / y, where o is the probability of the picture scaled by the map before it is
/// preprocessed.
///
/// It departs from the paper (Chattopadhay et al. 2018) in that what the map takes away becomes black, not the mean colour that zeros of the
/// normalised input are, and in its map, which runs from its least value to its greatest.
public struct OpenVINOAverageDrop: Metric {
  public let name = "drop"
  public let paper = "openvino_xai 1.1, ADCC"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    MetricFinding(try subject.openVINODrop())
  }
}

extension MetricSubject {
  /// (v − min) / (max − min + 1e-12) of the map at the input's size.
  var openVINOMask: Heatmap {
    let (least, most) = (relevance.values.min() ?? 0, relevance.values.max() ?? 0)
    return Heatmap(width: relevance.width, height: relevance.height) {
      (relevance.values[$0] - least) / (most - least + 1e-12)
    }
  }

  /// What enters the network where the picture's pixels were scaled by the map: x = m·x + (1 − m)·black, since preprocessing is affine.
  var openVINOMasked: Tensor {
    let (mask, channels) = (openVINOMask, input.shape.c)
    return Tensor(input.shape) { target in
      for i in 0..<input.count {
        let share = mask.values[i / channels]
        target[i] = share * input.elements[i] + (1 - share) * black[i % channels]
      }
    }
  }

  func openVINODrop() throws -> Double {
    try once("openvino drop") {
      let (whole, masked) = (try value(), try values(of: openVINOMasked)[0])
      guard hasProbabilities, whole > 0, masked.isFinite else { return .nan }
      return max(0, whole - masked) / whole
    }
  }
}
