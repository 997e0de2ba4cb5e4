import Glibc

/// How alike two maps of one picture are, as after a new release of a model:
///
///     let (old, new) = (try before.explain(image), try after.explain(image))
///     if let pair = MapPair(old.placed(old.maps[0]), new.placed(new.maps[0])) {
///       print(MapComparison(pair).rank)
///     }
public struct MapComparison: Sendable, Hashable {
  /// Whether both maps hold finite numbers only; no figure is defined of others.
  public let isFinite: Bool
  /// Whether each map has one value everywhere, but for rounding, and so no order.
  public let isOldConstant, isNewConstant: Bool
  /// Whether each map has no value above 0: nothing in it speaks for the class.
  public let isOldEmpty, isNewEmpty: Bool
  /// Spearman's rank correlation of the maps' cells: from 1 for the same order to −1 for the reverse; NaN where a map is constant.
  public let rank: Double
  /// The structural similarity of `MapPair.masks`: see `structuralSimilarity`. NaN where a map is empty.
  public let ssim: Double
  /// The share of the hottest tenth of one map that is in the hottest tenth of the other: see `topOverlap`. NaN where a map is constant.
  public let overlap: Double
  /// How far the maps' centres of mass lie apart, in pixels of the image; NaN where nothing speaks for the class in a map.
  public let shift: Double
  /// The same as a share of the image's diagonal.
  public let shiftShare: Double

  /// Compares two maps on the same cells.
  public init(_ pair: MapPair) {
    isFinite = pair.isFinite
    guard pair.isFinite else {
      (isOldConstant, isNewConstant, isOldEmpty, isNewEmpty) = (false, false, false, false)
      (rank, ssim, overlap, shift, shiftShare) = (.nan, .nan, .nan, .nan, .nan)
      return
    }
    (isOldConstant, isNewConstant) = (pair.old.isConstant, pair.new.isConstant)
    (isOldEmpty, isNewEmpty) = (pair.old.isEmpty, pair.new.isEmpty)
    let isOrdered = !isOldConstant && !isNewConstant
    rank = isOrdered ? rankCorrelation(pair.old.values, pair.new.values) : .nan
    overlap = isOrdered ? topOverlap(pair.old, pair.new, share: Self.topShare) : .nan
    let masks = pair.masks
    ssim = isOldEmpty || isNewEmpty ? .nan : structuralSimilarity(masks.old, masks.new)
    shift = centreShift(pair)
    shiftShare = shift / hypot(Double(pair.part.imageWidth), Double(pair.part.imageHeight))
  }

  /// The share of the cells that count as hottest.
  public static let topShare = 0.1

  /// A figure's value, NaN where it is not defined.
  public subscript(figure: ComparisonFigure) -> Double {
    switch figure {
    case .rank: rank
    case .ssim: ssim
    case .overlap: overlap
    case .shift: shift
    case .shiftShare: shiftShare
    }
  }
}

/// What `MapComparison` says in numbers.
public enum ComparisonFigure: String, Sendable, CaseIterable {
  case rank, ssim, overlap, shift
  case shiftShare = "shift_share"

  /// Whether more is more alike.
  public var isBetterHigh: Bool {
    switch self {
    case .rank, .ssim, .overlap: true
    case .shift, .shiftShare: false
    }
  }

  /// Whether it is of the order of all cells, which a constant map lacks; others are of what is above 0, which an empty map lacks.
  public var isOfOrder: Bool {
    switch self {
    case .rank, .overlap: true
    case .ssim, .shift, .shiftShare: false
    }
  }
}

extension Heatmap {
  /// Whether all cells have one value, but for the rounding that `Verdict` overlooks, too.
  var isConstant: Bool {
    guard let least = values.min(), let most = values.max() else { return true }
    return most - least <= 1e-6 * max(most, -least)
  }

  /// Whether no value is above 0.
  var isEmpty: Bool { !values.contains { $0 > 0 } }
}
