/// A map of one value: what knows nothing. A baseline.
public struct UniformMap: CAMMethod {
  public let name = "uniform"
  public let paper = "a baseline"
  public let needs: MethodNeeds = .input

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    Finding(Heatmap(width: evidence.input.shape.w, height: evidence.input.shape.h) { _ in 1 })
  }
}
