/// A map of independent random values from 0 to 1, one a pixel, drawn anew for each image by the run's seed and the image's values: one map
/// for all would have its hottest pixel in one place, which images of one pose share. A baseline.
public struct RandomMap: CAMMethod {
  public let name = "random"
  public let paper = "a baseline"
  public let needs: MethodNeeds = [.input, .randomness]

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let input = evidence.input
    let digest = input.withElements { FNV1a.hash64(units: $0.lazy.map(\.bitPattern)) }
    let random = CounterRandom(seed: evidence.settings.seed ^ digest, stream: 91)
    return Finding(Heatmap(width: input.shape.w, height: input.shape.h) { random.uniform($0) })
  }
}
