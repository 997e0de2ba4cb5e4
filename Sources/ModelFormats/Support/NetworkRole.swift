/// What a name says of a network or a part of one: whether it is a copy of another, or something that only training needs.
package enum NetworkRole {
  /// Words that training scripts call a running average, or a network that another one learns from, by.
  private static let copies: Set<String> = [
    "ema", "average", "averaged", "avg", "swa", "teacher", "target", "momentum", "shadow", "frozen", "old", "backup",
  ]
  /// Beginnings of words for what stands beside a network while it is trained.
  private static let helpers = [
    "aux", "decod", "seg", "discrim", "gener", "loss", "criteri", "percep", "lpips", "recon", "rpn", "roi", "proj",
    "predictor", "contrast", "rot", "domain", "distill", "box", "bbox", "metric",
  ]

  /// Whether the name is that of a copy: `model_ema`, `teacher`, `encoder_k`.
  package static func isCopy(_ name: String) -> Bool {
    words(name).contains { copies.contains($0) } || name.hasSuffix("_k") || name.hasSuffix("key_encoder")
  }

  /// Whether the name is that of something beside the network: a loss, a decoder, a projection, a copy.
  package static func isBeside(_ name: String) -> Bool {
    isCopy(name) || words(name).contains { word in helpers.contains { word.hasPrefix($0) } }
  }

  private static func words(_ name: String) -> [String] {
    // Names out of a file may be of any length.
    var (words, word, wasLower) = ([String](), "", false)
    for character in name.unicodeScalars.prefix(200) {
      let isUpper = ("A"..."Z").contains(character)
      let isLetter = isUpper || ("a"..."z").contains(character)
      if !isLetter || isUpper && wasLower {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isLetter { word += character.properties.lowercaseMapping }
      wasLower = isLetter && !isUpper
    }
    return word.isEmpty ? words : words + [word]
  }
}
