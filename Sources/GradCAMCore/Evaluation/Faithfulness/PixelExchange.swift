/// The class's value while pixels of one picture are put into another, the most relevant first: what insertion and deletion are areas of.
struct PixelExchange {
  private let subject: MetricSubject
  private let (from, to): (Tensor, Tensor)

  /// - Parameters:
  ///   - from: what the network sees first, 1 C H W.
  ///   - to: what it sees when all pixels were exchanged.
  init(_ subject: MetricSubject, from: Tensor, to: Tensor) { (self.subject, self.from, self.to) = (subject, from, to) }

  /// The curve over `settings.steps` steps of ⌈H·W/steps⌉ pixels.
  ///
  /// - Parameters:
  ///   - first: the value before any pixel is exchanged.
  ///   - last: the value when all are.
  func curve(first: Double, last: Double) throws -> MetricCurve {
    let (order, channels) = (subject.order, subject.input.shape.c)
    let step = max(1, (order.count + subject.settings.steps - 1) / subject.settings.steps)
    let counts = Array(stride(from: step, to: order.count, by: step))
    let values = try subject.values(of: counts.count) { index, target in
      target.update(from: from.elements, count: from.count)
      for position in order[..<counts[index]] {
        for i in position * channels..<(position + 1) * channels { target[i] = to.elements[i] }
      }
    }
    return MetricCurve(
      shares: [0] + counts.map { Double($0) / Double(order.count) } + [1], values: [first] + values + [last])
  }
}
