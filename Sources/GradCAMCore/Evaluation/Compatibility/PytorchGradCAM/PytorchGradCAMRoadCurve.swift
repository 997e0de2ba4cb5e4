/// pytorch-grad-cam 1.5.7's picture with pixels removed, of `ROADMostRelevantFirst` and `ROADLeastRelevantFirst`, at percentiles 10 to 90.
///
/// It departs from the paper (Rong et al. 2022) in what a percentile p removes: the pixels whose map m, or 1 − m for the least relevant, is at or
/// above its p-th percentile, which are 100 − p % of them and more where values are equal; and in its value, which is the class's probability
/// less that of the whole image.
enum PytorchGradCAMRoadCurve {
  static let percentiles = Array(stride(from: 10, through: 90, by: 10))

  /// By percentile, the change of the class's value.
  ///
  /// Where a percentile is the least value, as 0 is of a map with a tenth of zeros, no pixel remains to fill others from. The library's system
  /// of equations then has a right side of zeros, and the whole picture becomes 0: the mean colour, where inputs are standardised.
  ///
  /// The k-th pixel that picture i removes gets, in channel c, noise of the number (i·H·W + k)·C + c.
  static func changes(of subject: MetricSubject, isMostFirst: Bool) throws -> [Double] {
    let (input, mask) = (subject.input, subject.pytorchGradCAMMask.values)
    let values = isMostFirst ? mask : mask.map { 1 - $0 }
    let (sorted, random, channels) = (values.sorted(), subject.random(40), input.shape.c)
    let thresholds = percentiles.map { percentile(sorted, $0) }
    let whole = try subject.value()
    return try subject.values(of: percentiles.count) { index, target in
      let isMissing = values.map { $0 >= thresholds[index] }
      if isMissing.contains(false) {
        target.update(from: input.elements, count: input.count)
        LinearImputation(width: input.shape.w, height: input.shape.h, isMissing: isMissing).fill(
          target, channels: channels)
      } else {
        target.update(repeating: 0, count: input.count)
      }
      var number = (isMostFirst ? percentiles.count + index : index) * input.count
      for position in isMissing.indices where isMissing[position] {
        for channel in 0..<channels {
          target[position * channels + channel] += ROADCurve.noise * random.normal(number)
          number += 1
        }
      }
    }.map { $0 - whole }
  }

  /// NumPy's percentile of ascending values, linear between two of them, in their own precision.
  static func percentile(_ sorted: [Float], _ percent: Int) -> Float {
    let place = Float(sorted.count - 1) * Float(Double(percent) / 100)
    let index = min(Int(place), sorted.count - 1)
    let (low, high) = (sorted[index], sorted[min(index + 1, sorted.count - 1)])
    let share = place - Float(index)
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
  }
}

extension MetricSubject {
  func pytorchGradCAMRoad(isMostFirst: Bool) throws -> [Double] {
    try once("pytorch-grad-cam road \(isMostFirst)") {
      try PytorchGradCAMRoadCurve.changes(of: self, isMostFirst: isMostFirst)
    }
  }

  /// Half of by how much the changes of least relevant first are above those of most relevant first, on average.
  ///
  /// - Parameter percentiles: those that count.
  func pytorchGradCAMRoad(at percentiles: [Int]) throws -> Double {
    let (least, most) = (try pytorchGradCAMRoad(isMostFirst: false), try pytorchGradCAMRoad(isMostFirst: true))
    let chosen = PytorchGradCAMRoadCurve.percentiles.indices.filter {
      percentiles.contains(PytorchGradCAMRoadCurve.percentiles[$0])
    }
    return chosen.reduce(0.0) { $0 + least[$1] - most[$1] } / Double(2 * chosen.count)
  }
}
