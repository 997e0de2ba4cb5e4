import ModelFormats

extension Flag {
  /// What else `explain` may be told about the evidence that maps are made of.
  static let evidence = [
    Flag(
      "fuse", .choice("KIND", \.maps.fusion), .maps, of: [.explain],
      "one map of several layers, each scaled and enlarged to the largest"),
    Flag(
      "signed", .turnsOn(\.maps.isSigned), .maps, of: [.explain],
      "keep what speaks against the class: maps run from −1 to 1"),
    Flag(
      "counterfactual", .turnsOn(\.maps.isCounterfactual), .maps, of: [.explain],
      "explain what speaks against the class: minus its score"),
    Flag(
      "against", .one("CLASS", \.maps.against, FlagReader.text), .maps, of: [.explain],
      "explain what tells the target from this class: its score less that of CLASS, an index or a label; all and top5 "
        + "leave CLASS out, and with top an image that shows CLASS itself has failed"),
    Flag(
      "aug-smooth", .turnsOn(\.maps.smoothsByAugmentation), .maps, of: [.explain],
      "the mean over six versions of the image: as it is and mirrored, times 0.9, 1 and 1.1"),
    Flag(
      "eigen-smooth", .turnsOn(\.maps.smoothsByEigenvector), .maps, of: [.explain],
      "join weighted channels by their first principal component in the place of their sum"),
    Flag(
      "compat", .choice("LIBRARY", \.maps.compat), .maps, of: [.explain],
      "the numbers and the picture of a library, mistakes included; gradcam help methods tells where it departs from "
        + "the papers; options of the overlay given beside it win"),
    Flag(
      "seed", .one("N", \.maps.seed, default: "0", FlagReader.wholeNumber(in: 0...Int.max)), .maps, of: [.explain],
      "where random numbers begin"),
    Flag(
      "samples", .one("N", \.maps.samples, FlagReader.wholeNumber(in: 1...1_000_000)), .maps, of: [.explain, .bench],
      "how many samples sampling methods draw, and how many steps integrated gradients takes (default: the method's)"),
    Flag(
      "batch", .one("N", \.maps.batch, FlagReader.wholeNumber(in: 1...1024)), .maps, of: [.explain, .bench],
      "how many perturbed images or activations go through the network at once (default: by their size)"),
    Flag(
      "budget", .one("SECONDS", \.maps.budget, FlagReader.number("seconds, above 0") { $0 > 0 }), .maps,
      of: [.explain],
      "draw samples for that long at each map; the record tells how many, and the sampling error that they leave"),
    Flag(
      "strict", .turnsOn(\.maps.isStrict), .maps, of: [.explain],
      "an image whose map has another verdict than ok has failed: no files, an error, exit status 1"),
  ]
}
