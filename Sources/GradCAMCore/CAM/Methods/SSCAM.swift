/// SS-CAM: Score-CAM whose scores are means over noisy masks, y(x⊙(M_k + n)) with n of deviation 2; 35 samples, each a forward pass a
/// channel.
///
/// Naidu and Michael, "SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization", 2020 (arXiv 2006.14255). One field of noise
/// a sample serves all channels.
public struct SSCAM: CAMMethod {
  public let name = "sscam"
  public let paper = "Naidu and Michael 2020, arXiv 2006.14255"
  public let needs: MethodNeeds = [.forwardPasses, .randomness, .samples]
  private static let deviation: Float = 2

  public init() {}

  public func explain(_ evidence: Evidence) throws -> Finding {
    let masks = ChannelMasks(evidence)
    let halves = try halves(evidence, masks)
    let samples = evidence.memory.samples[name] ?? 0
    let means = zip(halves[0], halves[1]).map { ($0 + $1) / Float(samples) }
    var finding = masks.finding(weighedBy: means, evidence)
    finding.samples = samples
    if samples > 1 {
      let counts = [Float((samples + 1) / 2), Float(samples / 2)]
      let maps = zip(halves, counts).map { sums, count in
        evidence.weightedSum(normalizedExponentials(masks.byChannel(sums.map { $0 / count })))
      }
      finding.samplingError = finding.map.error(ofHalves: maps[0], maps[1])
    }
    return finding
  }

  /// By channel, the sum of scores over the even and over the odd samples.
  private func halves(_ evidence: Evidence, _ masks: ChannelMasks) throws -> [[Float]] {
    let (positions, random) = (evidence.input.shape.h * evidence.input.shape.w, evidence.random(3))
    if evidence.memory.samples[name] == nil {
      var sums = [[Double]?](repeating: nil, count: 2)
      let samples = try evidence.sample(name, usual: 35, batch: 1) { samples in
        for sample in samples {
          let noise = (0..<positions).map { Self.deviation * random.normal(sample * positions + $0) }
          let rows = try evidence.perturbed(nil, count: masks.distinct.count, isAtInput: true) { index, target in
            masks.apply(masks.distinct[index], to: target) { mask, position in mask + noise[position] }
          }
          let old = sums[sample % 2] ?? Array(repeating: 0, count: rows.values.count)
          sums[sample % 2] = zip(old, rows.values).map { $0 + Double($1) }
        }
      }
      evidence.memory.samples[name] = samples
      for (half, sum) in sums.enumerated() {
        evidence.memory.rows["\(name).\(half)"] = OutputRows(
          width: evidence.outputs.width,
          values: sum?.map(Float.init) ?? Array(repeating: 0, count: masks.distinct.count * evidence.outputs.width))
      }
    }
    return (0..<2).map { evidence.memory.rows["\(name).\($0)"].map(evidence.score.values) ?? [] }
  }
}
