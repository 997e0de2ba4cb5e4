import Glibc

/// How far the centres of mass of two maps lie apart, in pixels of the image.
///
/// The centre is Σ v·p ÷ Σ v over the cells' centres p, of what speaks for the class: values v above 0.
///
/// - Returns: NaN where a map has no value above 0.
func centreShift(_ pair: MapPair) -> Double {
  guard let old = pair.old.centreOfMass, let new = pair.new.centreOfMass else { return .nan }
  let (across, down) = (pair.part.width / Double(pair.old.width), pair.part.height / Double(pair.old.height))
  return hypot((new.x - old.x) * across, (new.y - old.y) * down)
}

extension Heatmap {
  /// The centre of mass of the values above 0, in cells from the map's upper left corner; nil where there are none.
  var centreOfMass: (x: Double, y: Double)? {
    var (sum, across, down) = (0.0, 0.0, 0.0)
    for (position, value) in values.enumerated() where value > 0 {
      sum += Double(value)
      across += Double(value) * (Double(position % width) + 0.5)
      down += Double(value) * (Double(position / width) + 0.5)
    }
    return sum > 0 ? (across / sum, down / sum) : nil
  }
}
