import GradCAMCore

extension Command {
  static let methods = Command(
    name: "methods", summary: "list what --method takes", notes: MethodsCommand.departures,
    examples: ["gradcam methods"], action: MethodsCommand.self)
}

/// `gradcam methods`: name, what it needs, and the paper.
struct MethodsCommand: Listing {
  var lines: [String] { alignedColumns(CAMMethods.all.map { [$0.name, $0.needs.description, $0.paper] }) }

  /// Where the libraries depart from the papers, which --compat repeats.
  fileprivate static let departures = [
    "Names, what each method needs beside one forward pass, and its paper. The formulas are the papers'. With --compat "
      + "LIBRARY they are the library's, and so are scaling and picture; methods that a library lacks stay the papers'.",
    "pytorch-grad-cam: gradcam++ adds 1e-6 to the denominator, which rules it where gradients are small; xgradcam adds "
      + "1e-7; eigencam takes channel means away; fem weighs whole channels; scorecam enlarges masks with aligned corners; "
      + "ablationcam divides by the score with its sign, and sets channels of layers without zeros to the least value less "
      + "1e7, 2e7 and so on; finercam differentiates its weights, too; fullgrad scales every channel by itself; --fuse "
      + "works at the input's size; --aug-smooth takes the mean of scaled maps; where PyTorch's code works in place behind "
      + "the layer (a ReLU, an added shortcut), activations are what was written over the layer's, and gradients are those "
      + "before. Maps are scaled by min and max, drawn "
      + "half and half in OpenCV's jet, and the picture is divided by its brightest value.",
    "torch-cam: gradcam++ lacks its division; smoothgradcam++ uses the last sample's gradients and activations; xgradcam "
      + "adds 1e-8; scorecam scales masks before enlarging them; iscam adds its factors up; layercam sharpens maps by tanh "
      + "before --fuse, which leaves them unscaled; what was written over a layer in place stands for the layer, gradients "
      + "included. Maps are scaled by min and max and drawn with an alpha of 0.3.",
    "captum: gradcam keeps negative values; guidedgradcam repeats cells; attributions are summed over channels, smoothgrad "
      + "and vargrad draw 5 samples with a deviation of 1. Maps are divided by the value above which 2 % of their sum "
      + "lies, and drawn over a gray picture from red over white to green.",
  ]
}
