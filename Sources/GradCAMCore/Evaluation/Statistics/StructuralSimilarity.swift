import Glibc

/// The structural similarity of two maps of one size whose values go from 0 to 1: 1 for equal ones, about 0 for unrelated ones, and
/// negative where one is bright where the other is dark.
///
/// Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004: a Gaussian window of 11×11 cells whose
/// deviation is 1.5, K1 = 0.01 and K2 = 0.03, averaged over the windows that lie in the map. Equal to scikit-image's
/// `structural_similarity` with `gaussian_weights=True, use_sample_covariance=False, data_range=1`. Of maps below 11 cells a side the window
/// is the largest odd one that fits.
func structuralSimilarity(_ left: Heatmap, _ right: Heatmap) -> Double {
  precondition((left.width, left.height) == (right.width, right.height), "maps of two sizes")
  let (a, b) = (left.values.map(Double.init), right.values.map(Double.init))
  let window = SimilarityWindow(width: left.width, height: left.height)
  let (meanA, meanB) = (window.means(of: a), window.means(of: b))
  let (squareA, squareB) = (window.means(of: zip(a, a).map(*)), window.means(of: zip(b, b).map(*)))
  let products = window.means(of: zip(a, b).map(*))
  let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
  let sum = meanA.indices.reduce(0.0) { sum, i in
    let (x, y) = (meanA[i], meanB[i])
    let (varianceA, varianceB, covariance) = (squareA[i] - x * x, squareB[i] - y * y, products[i] - x * y)
    let likeness = (2 * x * y + c1) * (2 * covariance + c2)
    return sum + likeness / ((x * x + y * y + c1) * (varianceA + varianceB + c2))
  }
  return sum / Double(meanA.count)
}

/// A Gaussian window that moves over a map.
private struct SimilarityWindow {
  let width, height: Int
  private let (across, down): ([Double], [Double])

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    (across, down) = (Self.weights(width), Self.weights(height))
  }

  /// One weight a cell, of sum 1.
  private static func weights(_ length: Int) -> [Double] {
    let reach = min(5, (length - 1) / 2)
    let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    return weights.map { [sum = weights.reduce(0, +)] in $0 / sum }
  }

  /// The weighted mean of each window that lies in the map, row by row.
  func means(of values: [Double]) -> [Double] {
    let columns = width - across.count + 1
    let rows = (0..<height * columns).map { place in
      let start = place / columns * width + place % columns
      return across.indices.reduce(0.0) { $0 + across[$1] * values[start + $1] }
    }
    return (0..<(height - down.count + 1) * columns).map { place in
      down.indices.reduce(0.0) { $0 + down[$1] * rows[place + $1 * columns] }
    }
  }
}
