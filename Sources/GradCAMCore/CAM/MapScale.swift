/// What becomes of a map's values before it is written and drawn.
public struct MapScale: Sendable {
  /// How a map is scaled by its own values.
  let normalization: Normalization
  /// What 1 stands for, in units of the unscaled map; nil to scale each map by its own values.
  let fixed: Float?

  /// The scaled map, never NaN. On a fixed scale, what lies beyond it is cut to 1 and −1.
  func scale(_ map: Heatmap, isSigned: Bool) -> Heatmap {
    guard let fixed else { return normalization.scale(map, isSigned: isSigned) }
    let isFinite = map.values.allSatisfy(\.isFinite)
    return Heatmap(width: map.width, height: map.height) { position in
      isFinite ? min(max(map.values[position] / fixed, -1), 1) : 0
    }
  }

  /// The map as it is drawn, which is scaled whatever the numbers are: from −1 to 1 where it has a sign, else from 0 to 1.
  func drawn(_ map: Heatmap, scaled: Heatmap, isSigned: Bool) -> Heatmap {
    let isRaw = fixed == nil && normalization == .none
    let values = isRaw ? Normalization.max.scale(map, isSigned: isSigned) : scaled
    return isSigned ? values : values.positivePart()
  }

  /// How the maps of several layers are scaled before they are joined: raw values of different layers have nothing in common.
  var ofParts: MapScale { normalization == .none ? MapScale(normalization: .max, fixed: fixed) : self }
}
