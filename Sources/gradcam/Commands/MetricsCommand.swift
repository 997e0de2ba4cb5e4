import GradCAMCore

extension Command {
  static let metrics = Command(
    name: "metrics", summary: "list what evaluate measures",
    notes: [
      "A line has the name, which way is better, the passes of one map, and the paper. A pass is a changed image that the network sees, "
        + "by evaluate's own settings. Metrics of one map share some passes."
    ] + MetricsCommand.departures, examples: ["gradcam metrics"], action: MetricsCommand.self)
}

/// `gradcam metrics`: name, which way is better, what it costs, and the paper.
struct MetricsCommand: Listing {
  var lines: [String] {
    alignedColumns(
      (Metrics.all + Metrics.ofLibrariesAlone).map {
        [$0.name, $0.isBetterHigh ? "more is better" : "less is better", Self.cost(of: $0), $0.paper]
      })
  }

  /// Where the libraries depart from the papers, which --compat of evaluate repeats: in brackets the library's number and the paper's of one
  /// example, as `Scripts/compare_metric_libraries.py` prints them.
  fileprivate static let departures = [
    "The definitions are the papers'. With evaluate's --compat LIBRARY they are the library's where it has the metric, and so are maps where it "
      + "makes any. In brackets the library's number and the paper's for one image: Grad-CAM of a ResNet-20 for CIFAR-10, "
      + "models/images/opacity-01.jpg at 32×32.",
    "pytorch-grad-cam: maps run from their least value to their greatest. drop is not divided by the probability, so that one from 0.02 to 0 counts "
      + "0.02. road-morf (0.045, 0.568) and road-lerf (0.122, 0.717) are changes from the whole image at nine shares, road (0.039, 0.075) is half "
      + "of their difference, and arcc (0.376, 0.325) adds 1e-8. coherency (0.766, 0.772) compares enlarged maps; a map of one value has ½.",
    "torch-cam: insertion (0.509, 0.458) and deletion (0.079, 0.171) take 20 steps and zeros of the normalised input, which are the data set's mean "
      + "colour; drop adds 1e-7; maps run from their least value to their greatest.",
    "captum: infidelity (390, 0.100) has no best scale, so that the unit of the map decides it. sensitivity-max (0.075, none) is captum's alone: "
      + "by how much the map changes under noise of 0.02 at most, of ten draws the worst.",
    "quantus: deletion (9.19, 0.171) is pixel flipping: single values become the input's least, a row's number of them a step or --steps in all, and "
      + "the area is a sum over steps. complexity (6.37, 0.203) is an entropy. energy counts negative values by their magnitude. pointing takes any "
      + "of several hottest pixels, and an image whose finding the crop left out for a hit. rank takes equal pixels in the picture's order. Quantus "
      + "alone has sparseness (0.570), mass (0.257) and top-k (0.080).",
    "openvino-xai: insertion (0.453, 0.458) and deletion (0.051, 0.171) take 30 steps and black. drop (0.965, 0), coherency (0.559, 0.772) and "
      + "adcc (0.094, 0.845) scale the picture to black, and not the normalised input to the mean colour. A box of pointing reaches a pixel beyond "
      + "its own. The table's adcc is the mean over images; the library's is made of the means of its three parts.",
    "Where a library sorts equal values by NumPy's quicksort, whose order differs between processors, they stand as they come here.",
  ]

  private static func cost(of metric: any Metric) -> String {
    let passes = metric.passes(MetricSettings())
    let parts = [
      passes > 0 ? (passes == 1 ? "1 pass" : "\(passes) passes") : nil,
      metric.maps > 0 ? (metric.maps == 1 ? "1 map" : "\(metric.maps) maps") : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
