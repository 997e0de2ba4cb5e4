/// The commands, with what help says of each beside its flags.
enum Command: String, CaseIterable, Sendable {
  case explain, report, verify, convert, inspect, methods, colormaps, completions, man, help
  /// Hidden: for those who work on the tool.
  case bench

  /// The commands that the overview and the suggestions speak of.
  static let shown = allCases.filter { $0 != .bench }
  static let names = shown.map(\.rawValue)

  /// What it does, in one line.
  var summary: String {
    switch self {
    case .explain: "show where in an image a classifier's answer came from"
    case .verify: "make the maps of records again and say which differ"
    case .report: "make a page to look through the results of a run"
    case .convert: "make a self-contained model file from a checkpoint or an ONNX model"
    case .inspect: "print a model's card and its modules, to pick a --layer from"
    case .methods: "list what --method takes"
    case .colormaps: "list what --colormap takes"
    case .completions: "print what teaches a shell to complete commands and options"
    case .man: "print the manual page"
    case .help: "explain a command and its options"
    case .bench: "time a model in one warm process"
    }
  }

  /// What stands behind the command's name in its usage line.
  var operands: String {
    switch self {
    case .explain: "[OPTIONS] --weights FILE IMAGE|FOLDER|-..."
    case .verify: "[OPTIONS] RECORDS..."
    case .report: "[OPTIONS] RECORDS.jsonl|-... --output FILE"
    case .convert: "[OPTIONS] MODEL --output FILE"
    case .inspect: "[OPTIONS] MODEL"
    case .methods, .colormaps, .man: ""
    case .completions: "SHELL"
    case .help: "[COMMAND]"
    case .bench: "[OPTIONS] MODEL [IMAGE]"
    }
  }

  /// Paragraphs between the usage line and the flags.
  var notes: [String] {
    switch self {
    case .explain:
      [
        "Explains every image named, found in a folder, or listed by --files-from; - reads one from "
          + "standard input. Overlays of images named are called STEM.METHOD.png, those of images from a folder or "
          + "a list NAME.METHOD.png with the image's extension kept; .LAYER and .TARGET stand before .METHOD where "
          + "several are asked for.",
        "--method, --layer and --target add up when repeated. Of any other option given twice the last counts.",
      ]
    case .report:
      [
        "Makes an HTML page from the records that gradcam explain --jsonl prints, to be opened in any browser from disk: "
          + "a grid of overlays to filter, sort and print. - reads records from standard input. Of several records of an "
          + "image and a model, as a resumed run writes them, the last counts.",
        "Up to \(ReportWriter.mostInPage) pictures the page is one file by itself, and shows them at \(Thumbnail.longestSide) pixels at "
          + "most. Beyond that it shows files: pictures of at most 512 pixels a side and 256 KB as they are, of others "
          + "thumbnails in a folder beside the page, which is called NAME.files. Moved elsewhere, such a page needs that folder and "
          + "the pictures in the same places as before.",
        "Of an option given twice the last counts.",
      ]
    case .convert:
      [
        "MODEL is a safetensors file, a PyTorch checkpoint, an ONNX model or a gradcam model file.",
        "Of an option given twice the last counts.",
      ]
    case .inspect:
      [
        "MODEL is a gradcam model file, a safetensors file, a PyTorch checkpoint or an ONNX model.",
        "Of an option given twice the last counts.",
      ]
    case .verify:
      [
        "RECORDS are files of records as explain --jsonl and --records write them; - reads them from standard input. Paths in "
          + "them are found from the current folder. Every map is made again with the options of its record, from an image and a "
          + "model that must be the same to the byte. On the kind of processor that made it a map must be the same bytes; on "
          + "another, within 1e-4 of its largest magnitude, which is compared over 16×16 cells where the map has more.",
        "A line is printed for each map that is not the same, and the counts at the end.",
      ]
    case .bench:
      [
        "Times explanations (forward pass, backward pass to the layer, map) and forward passes alone, each from an image "
          + "that is already prepared, after a warm-up. Without an IMAGE a seeded one is made. Scripts/benchmark measures "
          + "with this; what it prints may change.",
        "Of an option given twice the last counts.",
      ]
    case .methods: Self.departures
    case .completions:
      [
        "SHELL is bash, zsh or fish. Where the scripts are found: bash, by the package bash-completion, "
          + "~/.local/share/bash-completion/completions/gradcam; zsh, any folder of $fpath, as _gradcam; fish, "
          + "~/.config/fish/completions/gradcam.fish. Scripts/install puts all three, and the manual page, below its prefix."
      ]
    case .man:
      ["Prints gradcam(1) in the language of man's macros: gradcam man | man -l - shows it."]
    case .colormaps, .help: []
    }
  }

  /// Where the libraries depart from the papers, which --compat repeats.
  private static let departures = [
    "Names, what each method needs beside one forward pass, and its paper. The formulas are the papers'. With --compat "
      + "LIBRARY they are the library's, and so are scaling and picture; methods that a library lacks stay the papers'.",
    "pytorch-grad-cam: gradcam++ adds 1e-6 to the denominator, which rules it where gradients are small; xgradcam adds "
      + "1e-7; eigencam takes channel means away; fem weighs whole channels; scorecam enlarges masks with aligned corners; "
      + "ablationcam divides by the score with its sign, and sets channels of layers without zeros to the least value less "
      + "1e7, 2e7 and so on; finercam differentiates its weights, too; fullgrad scales every channel by itself; --fuse "
      + "works at the input's size; --aug-smooth takes the mean of scaled maps. Maps are scaled by min and max, drawn "
      + "half and half in OpenCV's jet, and the picture is divided by its brightest value.",
    "torch-cam: gradcam++ lacks its division; smoothgradcam++ uses the last sample's gradients and activations; xgradcam "
      + "adds 1e-8; scorecam scales masks before enlarging them; iscam adds its factors up; layercam sharpens maps by tanh "
      + "before --fuse, which leaves them unscaled. Maps are scaled by min and max and drawn with an alpha of 0.3.",
    "captum: gradcam keeps negative values; guidedgradcam repeats cells; attributions are summed over channels, smoothgrad "
      + "and vargrad draw 5 samples with a deviation of 1. Maps are divided by the value above which 2 % of their sum "
      + "lies, and drawn over a gray picture from red over white to green.",
  ]

  /// Lines that work when pasted.
  var examples: [String] {
    switch self {
    case .explain:
      [
        "gradcam explain models/images/opacity-01.jpg --weights models/demo-xray.bin",
        "gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl > maps.jsonl",
        "gradcam explain - -w models/demo-xray.bin -o - < models/images/opacity-01.jpg > overlay.png",
        "gradcam explain models/images -w models/demo-xray.bin -d maps --records maps.jsonl --resume",
        "gradcam explain models/images -w models/demo-xray.bin --report report",
        "gradcam explain models/images/*.jpg -w models/demo-xray.bin --heatmap 'maps/{stem}.npy'",
        "gradcam explain models/images/*.jpg -w models/demo-xray.bin -m layercam,fem --boxes --jsonl",
      ]
    case .verify:
      ["gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl | gradcam verify -"]
    case .report:
      [
        "gradcam explain models/images -w models/demo-xray.bin --jsonl | gradcam report - -o report.html"
      ]
    case .convert:
      ["gradcam convert models/demo-xray.bin -o w.bin --preprocess half"]
    case .inspect:
      ["gradcam inspect models/demo-xray.bin"]
    case .methods: ["gradcam methods"]
    case .colormaps: ["gradcam colormaps"]
    case .completions: ["gradcam completions fish > gradcam.fish"]
    case .man: ["gradcam man > gradcam.1"]
    case .help: ["gradcam help explain"]
    case .bench: ["gradcam bench models/demo-xray.bin --threads 2 --json"]
    }
  }

  /// What the exit statuses mean.
  var exitStatuses: [(status: String, meaning: String)] {
    switch self {
    case .explain:
      [
        ("0", "all inputs were explained"),
        ("1", "at least one input failed, or there was no room for an output; the others are complete"),
        ("2", "bad usage, or a model that cannot be loaded"),
        ("130", "ended by SIGINT (143: by SIGTERM); what was under way is complete"),
      ]
    case .verify:
      [
        ("0", "all maps are the same, or agree on another kind of processor"),
        ("1", "a map differs or could not be made again"),
        ("2", "bad usage, or records that cannot be read"),
      ]
    case .report:
      [
        ("0", "the page was written"),
        ("1", "it was written without lines that are no records, or could not be written"),
        ("2", "bad usage, or files that hold no records"),
      ]
    case .convert, .inspect, .bench:
      [
        ("0", "done"),
        ("1", "the result could not be written"),
        ("2", "bad usage, or a model that cannot be loaded"),
      ]
    case .methods, .colormaps, .completions, .man, .help:
      [("0", "done"), ("1", "the result could not be written"), ("2", "bad usage")]
    }
  }
}
