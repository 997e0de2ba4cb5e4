import GradCAMCore
import ModelFormats

/// The options of `evaluate` alone.
extension Flag {
  private static let usualMetrics =
    Metrics.usual.filter { !$0.needs.contains(.truth) }.map(\.name).joined(separator: ", ")
    + ", and localisation where there are marks"

  static let evaluation = section(.evaluation) {
    Flag(
      "methods", short: "m",
      .several(
        "NAME[,NAME…]", \.evaluation.methods, default: "the model file's, else gradcam", offering: .methods,
        ValueReader.list, isSame: ==),
      of: [.evaluate], recipe: true,
      "the methods to compare; the first is what others are compared with; all adds every other that can serve the model"
    )
    Flag(
      "layers", short: "l",
      .several(
        "PATH[,PATH…]", \.evaluation.layers, default: "the model's own", offering: .layers, ValueReader.list, isSame: ==
      ),
      of: [.evaluate], recipe: true, "the layers to compare, or auto for those worth trying")
    Flag(
      "metrics",
      .several(
        "NAME[,NAME…]", \.evaluation.metrics, default: "usual",
        offering: .words(Metrics.words), ValueReader.metrics, isSame: { $0.name == $1.name }),
      of: [.evaluate], recipe: true,
      "what to measure: names that gradcam metrics lists, or groups: faithfulness, localisation, sanity, all, or usual, which is \(usualMetrics)"
    )
    Flag(
      "steps",
      .one(
        "N", \.evaluation.settings.steps, default: "5, or the library's of --compat",
        ValueReader.wholeNumber(in: 2...1000)),
      of: [.evaluate], recipe: true, "into how many steps insertion and deletion cut the picture")
    Flag(
      "compat", .choice("LIBRARY", \.evaluation.library), of: [.evaluate], recipe: true,
      "the numbers of a library: its metrics where it has them, and its maps where it makes any; gradcam help metrics tells where they depart "
        + "from the papers")
    Flag(
      "replacement",
      .choice("KIND", \.evaluation.settings.replacement, default: "mean, or the library's of --compat"),
      of: [.evaluate], recipe: true,
      "what stands in the place of pixels that are taken away, for insertion as for deletion: the mean colour, the image blurred, or noise; their paper inserts into the image blurred and deletes to a constant"
    )
    Flag(
      "masks", .one("DIR", \.evaluation.masks, ValueReader.path), of: [.evaluate], recipe: true,
      "where the class is: pictures of the images' sizes, called like them, not 0 where it is (PNG, JPEG, BMP, npy)")
    Flag(
      "boxes", .one("FILE", \.evaluation.boxes, ValueReader.path), of: [.evaluate], recipe: true,
      "where classes are: COCO JSON (its segmentations where it has them, else its boxes), CheXlocalize's JSON, Pascal VOC XML or a folder of such, or CSV headed image,x,y,width,height or image,xmin,ymin,xmax,ymax, and class"
    )
    Flag(
      "tolerance",
      .one(
        "PIXELS", \.evaluation.settings.tolerance, default: "0",
        ValueReader.number("pixels of the image, from 0") { (0...1e6).contains($0) }), of: [.evaluate], recipe: true,
      "how far from the finding the hottest pixel may lie and still hit, for pointing; its paper has 15")
    Flag(
      "by",
      .several(
        "KIND[,KIND]", \.evaluation.groups, default: "none", offering: .words(MapGroup.Kind.allCases.map(\.rawValue)),
        ValueReader.groups, isSame: ==),
      of: [.evaluate],
      "tables by class, by size of the finding (below 1 %, below 5 % of the model's input, and larger), or both")
    Flag(
      "require",
      .several(
        "BOUND", \.evaluation.requirements, default: "none", { bytes throws(InputError) in [try Requirement(bytes)] },
        isSame: ==),
      of: [.evaluate],
      "fail, with status 1, unless a mean keeps to a bound, as in pointing>=0.7. It is of the first method at the first layer, or of "
        + "the one named, as in layercam:pointing>=0.7. May be repeated"
    )
    Flag(
      "differences", .turnsOn(\.evaluation.showsDifferences), of: [.evaluate],
      "also print by how much each row differs from the first, image by image, with its interval; CSV and JSON always have it"
    )
    Flag("csv", .turnsOn(\.outputs.isCSV), of: [.evaluate], "print the table as CSV, a row a method, layer and metric")
    Flag(
      "page", .one("FILE", \.evaluation.page, ValueReader.path), of: [.evaluate],
      "also write a page with the table, the curves of insertion and deletion, and the first method's best and worst maps. It "
        + "replaces another page of gradcam's, and nothing else"
    )
    Flag(
      "records", .one("FILE", \.records.file, ValueReader.path), of: [.evaluate],
      "append a JSON record an image to FILE, with what was measured of each map")
    Flag(
      "resume", .turnsOn(\.records.isResuming), of: [.evaluate],
      "take what the records say of images that were evaluated in the same way, and evaluate the others")
  }
}
