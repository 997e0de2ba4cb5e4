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

  /// Beginnings of words for heads whose scores are cosines with a margin, as face recognition trains them.
  private static let margins = [
    "arcface", "arcmargin", "cosface", "cosine", "sphereface", "adacos", "adaface", "magface", "curricular", "margin",
  ]

  /// Whether a tensor's name says that it is the weight of a head whose scores are cosines: `arcface.weight`, `metric_fc.weight`.
  package static func isMarginHead(_ name: String) -> Bool {
    let path = name.split(separator: ".")
    guard let last = path.last, path.count > 1 else { return false }
    // pytorch-metric-learning's losses keep theirs as `W`.
    if last == "W" { return true }
    guard ["weight", "kernel"].contains(last) else { return false }
    let words = words(path.dropLast().joined(separator: "."))
    let isFace = words.contains("face") && ["arc", "cos", "sphere"].contains { words.contains($0) }
    return isFace || words.contains("arc") || words.contains("metric") && words.contains("fc")
      || words.contains { word in margins.contains { word.hasPrefix($0) } }
  }

  /// Whether the name is that of a pooling: `global_pool`, `gem`.
  package static func isPooling(_ name: String) -> Bool {
    words(name).contains { ["pool", "pooling", "avgpool", "gem", "gempool"].contains($0) }
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
