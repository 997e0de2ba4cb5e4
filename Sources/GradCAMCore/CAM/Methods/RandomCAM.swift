/// Random weights between −1 and 1: ReLU(Σ_k w_k·A_k). The baseline that a method has to beat.
///
/// pytorch-grad-cam has it under the same name, without a seed.
public struct RandomCAM: CAMMethod {
  public let name = "randomcam"
  public let paper = "a baseline"
  public let needs: MethodNeeds = .randomness

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let random = evidence.random(2)
    return Finding(evidence.weightedSum((0..<evidence.activations.shape.c).map { random.uniform($0) * 2 - 1 }))
  }
}
