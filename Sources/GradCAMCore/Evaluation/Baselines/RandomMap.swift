/// A map of independent random values from 0 to 1, one a pixel. A baseline.
public struct RandomMap: CAMMethod {
  public let name = "random"
  public let paper = "a baseline"
  public let needs: MethodNeeds = [.input, .randomness]

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let random = evidence.random(91)
    return Finding(Heatmap(width: evidence.input.shape.w, height: evidence.input.shape.h) { random.uniform($0) })
  }
}
