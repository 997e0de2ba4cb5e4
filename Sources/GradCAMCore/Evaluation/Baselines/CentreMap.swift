import Glibc

/// A Gaussian in the middle whose deviation is a quarter of each side: where photographers put what they show. A baseline.
public struct CentreMap: CAMMethod {
  public let name = "centre"
  public let paper = "a baseline"
  public let needs: MethodNeeds = .input

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let (width, height) = (evidence.input.shape.w, evidence.input.shape.h)
    func distance(_ place: Int, _ length: Int) -> Double {
      (Double(place) + 0.5 - Double(length) / 2) / (Double(length) / 4)
    }
    return Finding(
      Heatmap(width: width, height: height) { position in
        let (x, y) = (distance(position % width, width), distance(position / width, height))
        return Float(exp(-(x * x + y * y) / 2))
      })
  }
}
