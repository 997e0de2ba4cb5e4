/// What the network's output depends on of a value, as far as its structure tells.
///
/// A value with special tokens on an axis of their own beside the picture's has two parts; all others are one, the picture's.
struct TokenNeeds: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  /// The places of the picture.
  static let picture = TokenNeeds(rawValue: 1)
  /// The places of the picture, but only as what an attention attends to: its keys and values.
  static let attended = TokenNeeds(rawValue: 2)
  /// The class token, registers and their like.
  static let special = TokenNeeds(rawValue: 4)
  /// Only some of the features, at some use of the value.
  static let partly = TokenNeeds(rawValue: 8)
  /// The places of the picture, but of each feature only the one that a maximum over all of them picks.
  static let picked = TokenNeeds(rawValue: 16)

  /// Whether places of the picture count at all.
  var needsPicture: Bool { !isDisjoint(with: [.picture, .attended, .picked]) }

  /// The needs of what was mixed over all places of the picture and all tokens.
  var everywhere: TokenNeeds {
    let kind: TokenNeeds = contains(.attended) && !contains(.picture) ? .attended : .picture
    return [kind, .special]
  }

  /// The needs of what an attention mixes.
  var asAttended: TokenNeeds { isEmpty ? [] : [.attended, .special] }

  /// The needs of what each of the features was made of all features of.
  var ofAllFeatures: TokenNeeds { subtracting(.partly) }

  /// Whether no more than picked places of the picture count.
  var needsPickedAlone: Bool { contains(.picked) && isDisjoint(with: [.picture, .attended]) }

  /// The needs of what a maximum over all places picks from.
  var asPicked: TokenNeeds { isEmpty ? [] : intersection(.special).union(.picked) }

  /// As needs of a value with this layout.
  func ofValue(_ layout: Layout) -> TokenNeeds {
    if layout.tokenAxis != nil || isEmpty { return self }
    return needsPicture ? subtracting(.special) : subtracting(.special).union(.picture)
  }
}
