/// The class's value where shares of the picture are removed and filled from what is left: what the metrics of ROAD are means of.
///
/// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022 (arXiv 2202.00449): noisy linear imputation
/// (section 4.2) at 20, 40, 60 and 80 % of the pixels. The paper reports the accuracy over many images; of one image this is the class's
/// probability.
enum ROADCurve {
  /// In percent of the pixels.
  static let percents = [20, 40, 60, 80]
  /// The deviation of the noise on imputed pixels, in units of the network's input.
  static let noise: Float = 0.01

  /// The value at each share.
  ///
  /// - Parameter isMostFirst: whether the most relevant pixels go first, or the least.
  static func values(of subject: MetricSubject, isMostFirst: Bool) throws -> [Double] {
    let (input, order, random) = (subject.input, subject.order, subject.random(20))
    let (width, channels) = (input.shape.w, input.shape.c)
    return try subject.values(of: percents.count) { index, target in
      let removed = order.count * percents[index] / 100
      let missing = isMostFirst ? order.prefix(removed) : order.suffix(removed)
      var isMissing = [Bool](repeating: false, count: order.count)
      for position in missing { isMissing[position] = true }
      target.update(from: input.elements, count: input.count)
      LinearImputation(width: width, height: input.shape.h, isMissing: isMissing).fill(target, channels: channels)
      // Every image has numbers of its own.
      let first = (isMostFirst ? index : percents.count + index) * input.count
      for position in missing {
        for i in position * channels..<(position + 1) * channels { target[i] += noise * random.normal(first + i) }
      }
    }
  }
}

extension MetricSubject {
  /// The mean of the class's value while the most relevant pixels are removed first.
  func roadMostFirst() throws -> Double {
    try once("road-morf") { mean(try ROADCurve.values(of: self, isMostFirst: true)) }
  }

  /// The same where the least relevant go first.
  func roadLeastFirst() throws -> Double {
    try once("road-lerf") { mean(try ROADCurve.values(of: self, isMostFirst: false)) }
  }

  /// Half of by how much the second is above the first: from −1/2 to 1/2 for probabilities.
  func road() throws -> Double { (try roadLeastFirst() - roadMostFirst()) / 2 }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
