/// The edges of the image: the magnitude of Sobel's gradient of the channels' mean. A baseline that no model has a part in, and that looks
/// like an explanation.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", 2018 (arXiv 1810.03292), compare with an edge detector.
public struct EdgeMap: CAMMethod {
  public let name = "edges"
  public let paper = "a baseline"
  public let needs: MethodNeeds = .input

  public init() {}

  public func explain(_ evidence: Evidence) -> Finding {
    let gray = evidence.input.overChannels(.sum)
    let (width, height) = (gray.width, gray.height)
    func value(_ x: Int, _ y: Int) -> Float {
      gray.values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
    }
    return Finding(
      Heatmap(width: width, height: height) { position in
        let (x, y) = (position % width, position / width)
        let across =
          value(x + 1, y - 1) + 2 * value(x + 1, y) + value(x + 1, y + 1) - value(x - 1, y - 1) - 2 * value(x - 1, y)
          - value(x - 1, y + 1)
        let down =
          value(x - 1, y + 1) + 2 * value(x, y + 1) + value(x + 1, y + 1) - value(x - 1, y - 1) - 2 * value(x, y - 1)
          - value(x + 1, y - 1)
        return (across * across + down * down).squareRoot()
      })
  }
}
