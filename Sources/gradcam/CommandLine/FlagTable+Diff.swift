import GradCAMCore
import ModelFormats

/// The options of `diff` alone.
extension Flag {
  static let comparison = section(.evaluation) {
    Flag(
      "method", short: "m",
      .several(
        "NAME[,NAME…]", \.maps.methods, default: "gradcam", offering: .methods, ValueReader.methods,
        isSame: { $0.name == $1.name }), of: [.diff], recipe: true,
      "how both models' maps are computed; gradcam methods lists the names")
    Flag(
      "layer", short: "l",
      .several(
        "PATH[,PATH…]", \.maps.layers, default: "each model's own", offering: .layers, ValueReader.list, isSame: ==),
      of: [.diff], recipe: true, "the layers of both models, as gradcam inspect lists them")
    Flag(
      "layer-new",
      .several("PATH[,PATH…]", \.diff.newLayers, default: "as --layer", ValueReader.list, isSame: ==), of: [.diff],
      recipe: true, "the new model's layers where it calls them otherwise: as many as --layer names, in that order")
    Flag(
      "worst", .one("N", \.diff.worst, default: "20", ValueReader.wholeNumber(in: 0...100_000)), of: [.diff],
      "list the N maps that changed most, by rank correlation")
    Flag(
      "require",
      .several(
        "BOUND", \.diff.requirements, default: "none",
        { bytes throws(InputError) in [try Requirement.onComparison(bytes)] }, isSame: ==), of: [.diff],
      "fail, with status 1, unless a mean over images keeps to a bound, as in rank>=0.9 or changed<=0.01. Figures are rank, ssim, "
        + "overlap, shift (pixels), shift_share and changed (the share of images whose prediction changed). The bound is on each "
        + "method and layer, or on the method named, as in layercam:rank>=0.9. It fails where a pair of maps has no figure, unless "
        + "both are blank. May be repeated")
    Flag(
      "page", .one("FILE", \.diff.page, ValueReader.path), of: [.diff],
      "also write a page with both overlays of the 100 maps that changed most, in one file; another page of gradcam's is "
        + "replaced, and nothing else")
    Flag("json", .turnsOn(\.outputs.isJSON), of: [.diff], "print the summary as one JSON object")
    Flag(
      "jsonl", .turnsOn(\.outputs.isJSONLines), of: [.diff],
      "print a JSON record an image in place of the summary, in the images' order, as soon as it is done")
    Flag(
      "csv", .turnsOn(\.outputs.isCSV), of: [.diff], "print the summary as CSV, a row a method, layer and figure")
    Flag(
      "records", .one("FILE", \.records.file, ValueReader.path), of: [.diff],
      "append a JSON record an image to FILE, with the figures of each map")
    Flag(
      "resume", .turnsOn(\.records.isResuming), of: [.diff],
      "take what the records say of images that were compared in the same way, and compare the others")
  }
}
