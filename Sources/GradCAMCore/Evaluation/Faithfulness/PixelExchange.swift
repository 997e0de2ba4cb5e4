/// The class's value while pixels of one picture are put into another, the most relevant first: what insertion and deletion are areas of.
struct PixelExchange {
  private let subject: MetricSubject
  private let (from, to): (Tensor, Tensor)
  private let order: [Int]

  /// - Parameters:
  ///   - from: what the network sees first, 1 C H W.
  ///   - to: what it sees when all pixels were exchanged.
  ///   - order: the positions as they are exchanged; nil for the subject's.
  init(_ subject: MetricSubject, from: Tensor, to: Tensor, order: [Int]? = nil) {
    (self.subject, self.from, self.to, self.order) = (subject, from, to, order ?? subject.order)
  }

  /// The curve over steps of ⌈H·W/steps⌉ pixels.
  ///
  /// - Parameters:
  ///   - first: the value before any pixel is exchanged.
  ///   - last: the value when all are.
  func curve(steps: Int, first: Double, last: Double) throws -> MetricCurve {
    let step = max(1, (order.count + steps - 1) / steps)
    let counts = Array(stride(from: step, to: order.count, by: step))
    return MetricCurve(
      shares: [0] + counts.map { Double($0) / Double(order.count) } + [1],
      values: [first] + (try values(after: counts)) + [last])
  }

  /// The values when so many pixels are exchanged.
  func values(after counts: [Int]) throws -> [Double] {
    let channels = subject.input.shape.c
    return try subject.values(of: counts.count) { index, target in
      target.update(from: from.elements, count: from.count)
      for position in order[..<counts[index]] {
        for i in position * channels..<(position + 1) * channels { target[i] = to.elements[i] }
      }
    }
  }
}
