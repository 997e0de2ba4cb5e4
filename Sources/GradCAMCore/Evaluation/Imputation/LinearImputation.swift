/// Fills holes of a picture so that every missing pixel is the weighted mean of its eight neighbours, 1/6 for those at its sides and 1/12 for
/// those at its corners, missing or not; at the picture's edge, of the neighbours that are there.
///
/// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022 (arXiv 2202.00449), section 4.2.
///
/// Written as Σ_j w_ij (x_i − x_j) = 0 the equations are symmetric and positive definite. They are solved by conjugate gradients, for all
/// channels at once, with a multigrid cycle as the preconditioner: about fifteen rounds for holes of any size.
struct LinearImputation {
  private let finest: ImputationLevel
  private let width: Int
  private let isMissing: [Bool]

  /// The most rounds: pictures that hold NaN would go on.
  private static let limit = 60
  /// How far a value may be from the solution, as a share of the range of what is known; found by the preconditioner, which tells the error
  /// from what is left of the equations.
  private static let tolerance: Float = 4e-6

  /// - Parameter isMissing: by pixel, row by row; not all of them.
  init(width: Int, height: Int, isMissing: [Bool]) {
    precondition(isMissing.count == width * height, "another size than the picture's")
    (self.width, self.isMissing) = (width, isMissing)
    finest = ImputationLevel(width: width, height: height, isOpen: isMissing, side: 1.0 / 6, corner: 1.0 / 12)
  }

  /// Fills the missing pixels of a picture that is stored H W C.
  func fill(_ picture: UnsafeMutablePointer<Float>, channels: Int) {
    guard finest.cells.count > 0 else { return }
    for first in stride(from: 0, to: channels, by: 4) {
      fill(picture, channels, first..<min(first + 4, channels))
    }
  }

  private func fill(_ picture: UnsafeMutablePointer<Float>, _ channels: Int, _ chosen: Range<Int>) {
    let count = finest.count
    let (known, x) = (ImputationLevel.zeros(count), ImputationLevel.zeros(count))
    defer {
      known.deallocate()
      x.deallocate()
    }
    var (least, most) = (SIMD4<Float>(repeating: .infinity), SIMD4<Float>(repeating: -.infinity))
    for pixel in isMissing.indices where !isMissing[pixel] {
      var value = SIMD4<Float>.zero
      for channel in chosen { value[channel - chosen.lowerBound] = picture[pixel * channels + channel] }
      known[cell(pixel)] = value
      (least, most) = (pointwiseMin(least, value), pointwiseMax(most, value))
    }
    // Of numbers around zero less is lost.
    let middle = (least + most) / 2
    for pixel in isMissing.indices where !isMissing[pixel] { known[cell(pixel)] -= middle }
    solve(known, x, within: (most - least) * Self.tolerance)
    for cell in finest.cells.lazy.map(Int.init) {
      let pixel = (cell / finest.stride - 1) * width + cell % finest.stride - 1
      let value = x[cell] + middle
      for channel in chosen { picture[pixel * channels + channel] = value[channel - chosen.lowerBound] }
    }
  }

  private func cell(_ pixel: Int) -> Int { (pixel / width + 1) * finest.stride + pixel % width + 1 }

  /// Conjugate gradients from zeros on.
  ///
  /// - Parameters:
  ///   - known: by cell, zeros where a pixel is missing.
  ///   - tolerance: by how much the approximation of the error may be from zero.
  private func solve(
    _ known: ImputationLevel.Values, _ x: ImputationLevel.Values, within tolerance: SIMD4<Float>
  ) {
    let (direction, product) = (ImputationLevel.zeros(finest.count), ImputationLevel.zeros(finest.count))
    defer {
      direction.deallocate()
      product.deallocate()
    }
    let (rest, error, stride) = (finest.right, finest.solution, finest.stride)
    for cell in finest.cells.lazy.map(Int.init) {
      let sides = known[cell - 1] + known[cell + 1] + known[cell - stride] + known[cell + stride]
      let corners =
        known[cell - stride - 1] + known[cell - stride + 1] + known[cell + stride - 1] + known[cell + stride + 1]
      rest[cell] = sides / 6 + corners / 12
    }
    var last = SIMD4<Double>(repeating: .infinity)
    for _ in 0..<Self.limit {
      finest.approximate()
      var (inner, most) = (SIMD4<Double>.zero, SIMD4<Float>.zero)
      for cell in finest.cells.lazy.map(Int.init) {
        inner += SIMD4<Double>(rest[cell] * error[cell])
        most = pointwiseMax(most, pointwiseMax(error[cell], -error[cell]))
      }
      if all(most .<= tolerance) { return }
      let turn = SIMD4<Float>(inner / last)
      for cell in finest.cells.lazy.map(Int.init) { direction[cell] = error[cell] + turn * direction[cell] }
      let curvature = finest.multiply(direction, to: product)
      // A channel that is solved has nothing to divide.
      let step = SIMD4<Float>((inner / curvature).replacing(with: 0, where: curvature .<= 0))
      for cell in finest.cells.lazy.map(Int.init) {
        x[cell] += step * direction[cell]
        rest[cell] -= step * product[cell]
      }
      last = inner.replacing(with: .infinity, where: inner .<= 0)
    }
  }
}
