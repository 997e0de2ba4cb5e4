import GradCAMCore
import ModelFormats

/// Every option of every command, in the order that help prints.
///
/// All that is said of an option stands here; what it sets is a field of `Options`, or of the library's options in it. One that decides
/// what is made of an image is part of the recipe, by which `--resume` and `verify` know a run.
/// A name may stand here twice where two commands mean different things by it.
extension Flag {
  static let all = model + inputs + maps + evaluation + comparison + look + outputs + running + general

  /// The flags of one command, in the table's order.
  static func table(of command: Command) -> [Flag] { all.filter { $0.commands.contains(command) } }

  static let help = Flag("help", short: "h", .nothing, of: CommandTable.all, "print this help and exit")
  static let version = Flag("version", short: "V", .nothing, of: CommandTable.all, "print the version and exit")

  private static let model = section(.model) {
    Flag(
      "weights", short: "w", .one("FILE", \.weights, ValueReader.path), of: [.explain, .evaluate],
      "the model: a gradcam model file, safetensors, PyTorch checkpoint or ONNX, told by its content, or a folder as "
        + "Hugging Face and timm publish it; required")
    Flag(
      "weights", short: "w", .one("FILE", \.weights, ValueReader.path), of: [.verify],
      "the model, where it lies elsewhere than the records say")
    Flag(
      "arch", .one("NAME[:K=V,…]", \.model.architecture, offering: .architectures, ValueReader.text),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench], recipe: true,
      "the architecture, for weights that do not tell. timm's resnetaa and resnetblur look like plain ResNets: their pools have "
        + "no weights. K=V says more of it: head-activation=relu|gelu|silu|elu|tanh|none stands between a head's linear "
        + "layers, and head-pooling=avg|max|max-avg|avg-max before them")
    Flag(
      "state", .one("NAME", \.model.state, ValueReader.text),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench],
      recipe: true,
      "which network of a checkpoint with several: the key of its dictionary, as in state_dict_ema, or what its tensors' "
        + "names begin with (default: the one that is no average of another)")
    Flag(
      "head", .one("NAME", \.model.head, ValueReader.text),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench],
      recipe: true,
      "which head of a state dict with several that fit, by its module's name (default: the only one)")
    Flag(
      "preprocess", .one("SPEC", \.model.preprocessing, offering: .presets, ValueReader.text),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench], recipe: true,
      "what is done to an image first: a preset, key=value pairs, or a preset and pairs that change it, between commas. "
        + "gradcam help presets spells the presets out (half, imagenet, imagenet-squash, unit, tf, caffe, raw). Keys are resize, "
        + "crop, interpolation, antialias, channels, scale, mean, std, window, bits, pillow, crop-rounding and border. A preset "
        + "replaces what the model file says, and pairs alone change it (default: what the model file says)")
    Flag(
      "labels", .one("FILE", \.labels, ValueReader.path), of: [.explain, .evaluate, .diff, .convert, .inspect],
      recipe: true,
      "the classes' names: a label a line, JSON, CSV with a heading, or imagenet for the 1,000 names of its classes, which "
        + "are built in (default: what the model file says)")
    Flag(
      "input-shape", .one("CxHxW", \.model.inputShape, ValueReader.shape),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench],
      recipe: true,
      "the model's input, as in 3x224x224; preprocessing keeps its proportions (default: what the model file says)")
    Flag(
      "activation", .choice("KIND", \.model.activation), of: [.explain, .evaluate, .diff, .convert, .inspect, .bench],
      recipe: true,
      "what makes probabilities of the scores, if the model does not tell. With a sigmoid each class has its own. With none, scores "
        + "are shown")
    Flag(
      "output-name", .one("NAME", \.model.outputName, ValueReader.text),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .bench],
      recipe: true, "which output of an ONNX model to explain (default: the first)")
    Flag(
      "layer", short: "l", .one("PATH", \.model.layer, offering: .layers, ValueReader.text), of: [.convert],
      "the layer that is explained where none is named; a module path as gradcam inspect lists them")
    Flag(
      "method", short: "m",
      .one("NAME", \.model.method, offering: .words(CAMMethods.all.map(\.name)), ValueReader.method),
      of: [.convert], "the method that explains where none is named; gradcam methods lists the names")
    Flag(
      "layer", short: "l", .one("PATH", \.maps.layers, offering: .layers, ValueReader.only(ValueReader.text)),
      of: [.bench],
      "the layer to explain; a module path as gradcam inspect lists them (default: the model's own)")
  }

  private static let inputs = section(.inputs) {
    Flag(
      "recursive", short: "r", .turnsOn(\.inputs.isRecursive), of: [.explain, .evaluate, .diff],
      "follow folders all the way down")
    Flag(
      "files-from", .one("FILE", \.inputs.filesFrom, ValueReader.path), of: [.explain, .evaluate, .diff],
      "also explain the images that FILE lists, a path a line; - reads the list from standard input")
    Flag(
      "null", short: "0", .turnsOn(\.inputs.isNULSeparated), of: [.explain, .evaluate, .diff],
      "the list's paths are separated by NUL bytes, as find -print0 writes them")
    Flag(
      "shard", .one("I/N", \.inputs.shard, Shard.init), of: [.explain, .evaluate, .diff],
      "explain the I-th of N parts of the images, told by their names alone: for several machines with one list")
    Flag(
      "no-orient", .sets(\.decoding.applyOrientation, to: false), of: [.explain, .evaluate, .diff], recipe: true,
      "take pixels as stored, without the rotation that EXIF asks for")
    Flag(
      "fast-decode", .turnsOn(\.inputs.isDecodedFast), recipe: true,
      "decode a JPEG at a half, a quarter or an eighth of its size, if the model sees no more of it. The map may differ a "
        + "little. --canvas original turns this off")
    Flag(
      "frame", .one("N", \.decoding.frame, ValueReader.wholeNumber(in: 1...1 << 31)), of: [.explain, .evaluate, .diff],
      recipe: true,
      "the frame of a DICOM file to explain, from 1; other formats have one (default: the first)")
    Flag(
      "window", .one("N", \.decoding.window, default: "1", ValueReader.window), of: [.explain, .evaluate, .diff],
      recipe: true,
      "which of a DICOM file's windows is black to white, from 1, its tables before its others; with none, the least and "
        + "the most of its values are")
    Flag(
      "max-pixels", .one("N", \.decoding.maxPixels, default: "268435456", ValueReader.wholeNumber(in: 1...1 << 32)),
      of: [.explain, .evaluate, .diff],
      "the most pixels that an image may have; larger ones are refused before memory is taken for them")
    Flag(
      "base", .one("DIR", \.report.base, default: "the current folder", ValueReader.path), of: [.report],
      "what relative paths in the records are relative to: the folder that gradcam explain ran in")
    Flag(
      "base", .one("DIR", \.sheet.base, default: "the current folder", ValueReader.path), of: [.sheet],
      "what relative paths in the records are relative to: the folder that gradcam explain ran in")
    Flag(
      "truth", .one("FILE", \.report.truth, ValueReader.path), of: [.report],
      "which classes the images have, as CSV headed image,class: a row an image and class, classes by label or index, images by "
        + "path or by what tells them apart; an empty class is none of them")
  }

  private static let maps = section(.maps) {
    Flag(
      "method", short: "m",
      .several(
        "NAME[,NAME…]", \.maps.methods, default: "the model file's, else gradcam", offering: .methods,
        ValueReader.methods,
        isSame: { $0.name == $1.name }), of: [.explain, .bench], recipe: true,
      "how maps are computed; gradcam methods lists the names")
    Flag(
      "layer", short: "l",
      .several(
        "PATH[,PATH…]", \.maps.layers, default: "the model's own", offering: .layers, ValueReader.list, isSame: ==),
      recipe: true,
      "module paths as gradcam inspect lists them; indexes may count from the end, as in resnet_blocks.-1; "
        + "a map for each, or one with --fuse")
    Flag(
      "target", short: "t",
      .several(
        "CLASS", \.maps.targets, default: "top", offering: .targets, ValueReader.targets, isSame: ==),
      of: [.explain, .evaluate, .diff],
      recipe: true,
      "the class to explain: an index, a label in any case, top, top5 or any other number, or all. Several stand between "
        + "commas. A model with one output has positive and negative, and its top is positive. May be repeated")
    Flag(
      "score", .choice("KIND", \.maps.score), of: [.explain, .evaluate, .diff], recipe: true,
      "what is differentiated, the value before a final sigmoid or softmax or the model's own output, without what "
        + "--activation says")
    Flag(
      "normalize",
      .choice("KIND", \.maps.normalization, default: "max; minmax for rise, rollout, gradrollout, chefer and legrad"),
      recipe: true,
      "how a map is scaled to 0…1 (−1…1 where it has a sign); with none, files hold raw values")
    Flag(
      "scale",
      .one(
        "VALUE", \.maps.scale,
        ValueReader.float("a number above 0, in units of the unscaled map")), recipe: true,
      "draw and write all maps on one scale: what is VALUE in the unscaled map (map_max in the records) becomes 1, and so "
        + "does what is above it (default: each map by its own maximum)")
    Flag(
      "fuse", .choice("KIND", \.maps.fusion), recipe: true,
      "one map of several layers, each scaled and enlarged to the largest")
    Flag(
      "signed", .turnsOn(\.maps.settings.isSigned), recipe: true,
      "keep what speaks against the class: maps run from −1 to 1")
    Flag(
      "counterfactual", .turnsOn(\.maps.isCounterfactual), recipe: true,
      "explain what speaks against the class: minus its score")
    Flag(
      "against", .one("CLASS", \.maps.against, ValueReader.target), recipe: true,
      "explain what tells the target from this class: its score less that of CLASS, an index or a label; all and top5 "
        + "leave CLASS out, and with top an image that shows CLASS itself has failed")
    Flag(
      "aug-smooth", .turnsOn(\.maps.smoothsByAugmentation), recipe: true,
      "the mean over six versions of the image: as it is and mirrored, times 0.9, 1 and 1.1")
    Flag(
      "eigen-smooth", .turnsOn(\.maps.settings.smoothsByEigenvector), recipe: true,
      "join weighted channels by their first principal component in the place of their sum")
    Flag(
      "head-fusion", .choice("KIND", \.maps.settings.headFusion, default: "mean"), recipe: true,
      "how rollout makes one of an attention's heads")
    Flag(
      "discard-ratio",
      .one(
        "SHARE", \.maps.settings.discardRatio, default: "0",
        ValueReader.number("a number from 0 to below 1") { (0..<1).contains($0) }), recipe: true,
      "the share of each attention's least elements that rollout and gradrollout leave out, from 0 to below 1")
    Flag(
      "compat", .choice("LIBRARY", \.maps.settings.compat), of: [.explain, .diff], recipe: true,
      "the numbers and the picture of a library, mistakes included. gradcam help methods says where it departs from the "
        + "papers. Options of the overlay win over its picture. Layers that PyTorch's code overwrites in place are known for "
        + "state dicts; an ONNX file is taken to have none")
    Flag(
      "seed", .one("N", \.maps.settings.seed, default: "0", ValueReader.seed), of: [.explain, .evaluate, .diff],
      recipe: true,
      "where random numbers begin")
    Flag(
      "samples", .one("N", \.maps.settings.samples, ValueReader.wholeNumber(in: 1...1_000_000)),
      of: [.explain, .evaluate, .diff, .bench], recipe: true,
      "how many samples sampling methods draw, and how many steps integrated gradients takes (default: the method's)")
    Flag(
      "batch", .one("N", \.maps.settings.batch, ValueReader.wholeNumber(in: 1...1024)),
      of: [.explain, .evaluate, .diff, .bench],
      recipe: true,
      "how many perturbed images or activations go through the network at once (default: by their size)")
    Flag(
      "budget", .one("SECONDS", \.maps.settings.budget, ValueReader.number("seconds, above 0") { $0 > 0 }),
      recipe: true,
      "draw samples for that long at each map; the record tells how many, and the sampling error that they leave")
    Flag(
      "strict", .turnsOn(\.isStrict), recipe: true,
      "an image that is damaged, or whose map has another verdict than ok, has failed: no files, an error, exit status 1; "
        + "a folder without images is an error, too"
    )
  }

  private static let look = section(.look) {
    Flag(
      "colormap",
      .one(
        "NAME", \.look.colormap, default: "jet; bwr for maps with a sign", offering: .colormaps, ValueReader.colorMap),
      recipe: true, "the overlay's colours; gradcam colormaps lists the names")
    Flag(
      "alpha",
      .one(
        "A", \.look.alpha, default: "0.4",
        ValueReader.number("a number from 0 to 1") { (0...1).contains($0) }), recipe: true,
      "the colour's share, from 0 to 1")
    Flag(
      "gamma",
      .one(
        "G", \.look.gamma, default: "2; 1 for maps with a sign",
        ValueReader.number("a number above 0") { Float($0) > 0 && Float($0).isFinite }), recipe: true,
      "the power that the map is raised to before it is coloured")
    Flag(
      "clip",
      .one(
        "PERCENT", \.look.clip,
        default: "99 for gradients at the input, as saliency; off for other maps and with --compat",
        ValueReader.number("a number above 0, to 100, which clips nothing") { $0 > 0 && $0 <= 100 }), recipe: true,
      "draw what is above this percentile of the map's magnitudes like the percentile itself: a few outliers do not darken the "
        + "rest. Only pictures change. Numbers in files, records and regions do not")
    Flag("resample", .choice("KIND", \.look.resample, default: "bicubic"), recipe: true, "how the map is enlarged")
    Flag(
      "canvas", .choice("KIND", \.look.canvas), recipe: true,
      "draw on what the model saw, or on the whole image at its own size, which --heatmap then has, too")
    Flag(
      "panel", .turnsOn(\.look.hasPanel), recipe: true,
      "image, map and overlay side by side, with a colour bar, over a caption that says what the map explains")
    Flag(
      "threshold",
      .one(
        "T", \.look.threshold, default: "0.5", ValueReader.number("a number above 0, to 1") { $0 > 0 && $0 <= 1 }),
      recipe: true, "from which value of the scaled, enlarged map on --boxes and --contours count a pixel")
    Flag(
      "boxes", .turnsOn(\.look.hasBoxes), recipe: true,
      "draw a box around each region above the threshold, and record it in pixels of the whole upright image. Regions below a "
        + "thousandth of the picture are left out")
    Flag("contours", .turnsOn(\.look.hasContours), recipe: true, "draw and record the outlines of these regions")
  }

  private static let outputs = section(.outputs) {
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, ValueReader.path),
      "the overlay, where exactly one is made, as its ending says: .png, .jpg, or .svg with the image, the map, the "
        + "colour bar and a caption as text; - writes a PNG to standard output; a file that gradcam did not make is not replaced"
    )
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, ValueReader.path), of: [.convert],
      "the model file to write; required; another model file of gradcam's is replaced, and nothing else")
    Flag(
      "output-dir", short: "d",
      .one(
        "DIR", \.outputs.directory, default: "., or the report's", offering: .folders,
        ValueReader.path),
      "where overlays go without --output, as PNG; made when missing; images from folders keep their tree")
    Flag(
      "heatmap", .one("FILE", \.outputs.heatmap, offering: .files, HeatmapTemplate.init),
      "also write the scaled map, to .npy as float32 at the layer's size, or to .png, .jpg or .svg in colour. With --canvas "
        + "original it has the image's size, a .png is gray of 16 bits, and what the model did not see is 0. {stem}, {method}, "
        + "{layer}, {target} and {mode} are replaced")
    Flag(
      "dump", .one("FILE", \.outputs.dump, ValueReader.path),
      "also write the evidence for one image, method, layer and target as safetensors: input, output, activations, "
        + "gradients, cam, heatmap")
    Flag("json", .turnsOn(\.outputs.isJSON), of: [.evaluate], "print the table as one JSON object")
    Flag("json", .turnsOn(\.outputs.isJSON), "print a JSON array with a record for each image in place of lines")
    Flag(
      "jsonl", .turnsOn(\.outputs.isJSONLines),
      "print a JSON record a line in place of lines, each as soon as its image is done")
    Flag(
      "csv", .turnsOn(\.outputs.isCSV),
      "print a table for spreadsheets in place of lines, a row a map, as soon as its image is done")
    Flag(
      "records", .one("FILE", \.records.file, ValueReader.path),
      "append the JSON records to FILE, too, which is new, empty or holds records; one run at a time may; no image replaces a file "
        + "that FILE records for another")
    Flag(
      "resume", .turnsOn(\.records.isResuming),
      "pass over images that the records and the outputs' own bytes prove finished, for the same model and options")
    Flag(
      "report", .one("DIR", \.records.report, offering: .folders, ValueReader.path),
      "also make DIR/index.html, a page to look through the results; records go to DIR/records.jsonl, begun anew unless "
        + "--resume is given, and overlays to DIR, unless --records and --output-dir say otherwise")
    Flag("json", .turnsOn(\.outputs.isJSON), of: [.inspect], "print the card as JSON")
    Flag("json", .turnsOn(\.outputs.isJSON), of: [.bench], "print one JSON object in place of lines")
    Flag(
      "layers", .turnsOn(\.outputs.listsSteps), of: [.bench],
      "list every step of the plan instead, with its algorithm and its best time")
    Flag(
      "stages", .turnsOn(\.outputs.listsStages), of: [.bench],
      "time decoding, preprocessing, the engine, drawing and encoding of IMAGE instead, each alone")
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, ValueReader.path), of: [.report],
      "the page to write; required; another page of gradcam's is replaced, and nothing else")
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, ValueReader.path), of: [.sheet],
      "the sheet to write, FILE.png, .jpg or .svg; required; another picture of gradcam's is replaced, and nothing else"
    )
    Flag(
      "cell", .one("N", \.sheet.cell, default: "224", ValueReader.wholeNumber(in: 16...4096)), of: [.sheet],
      "the longest side of a picture on the sheet, in pixels")
    Flag(
      "title", .one("TEXT", \.report.title, default: "the first file's name", ValueReader.text), of: [.report],
      "the page's heading")
    Flag(
      "pictures", .choice("KIND", \.report.pictures), of: [.report],
      "where pictures are kept, in the page or in files beside it; auto is page up to \(ReportWriter.mostInPage) "
        + "pictures (an original and its overlays for each image), then files")
  }

  private static let running = section(.running) {
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, ValueReader.wholeNumber(in: 1...1024)),
      of: [.explain, .evaluate, .diff],
      "images under way at once, four a core at most (default: as many as there are cores, fewer where memory suffices for "
        + "no more)")
    Flag(
      "threads", .one("N", \.running.threads, ValueReader.wholeNumber(in: 1...1024)), of: [.explain, .evaluate, .diff],
      "cores for one image, all of them at most (default: all where there is one image, otherwise 1)")
    Flag(
      "max-errors", .one("N", \.records.maxErrors, ValueReader.wholeNumber(in: 1...Int.max)),
      of: [.explain, .evaluate, .diff],
      "end the run when N images have failed")
    Flag(
      "engine", .choice("KIND", \.maps.engine), of: [.explain, .bench], recipe: true,
      "how convolutions are computed; im2col is the plain path, for checking")
    Flag(
      "vectors", .choice("LEVEL", \.maps.vectors), of: [.bench],
      "the engine's inner loops; a narrower level than the processor's shows what another processor would do. "
        + "OPENBLAS_CORETYPE=Haswell does the same for matrix products")
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, ValueReader.wholeNumber(in: 1...1024)), of: [.verify],
      "records under way at once (default: as many as there are cores)")
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, ValueReader.wholeNumber(in: 1...1024)), of: [.bench],
      "images under way at once, for throughput (default: 1)")
    Flag(
      "threads", .one("N", \.running.threads, ValueReader.wholeNumber(in: 1...1024)), of: [.bench],
      "cores for each of them (default: all, shared out among the jobs)")
    Flag(
      "runs", .one("N", \.running.runs, ValueReader.wholeNumber(in: 1...1_000_000)), of: [.bench],
      "how often each job is timed (default: 30)")
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, ValueReader.wholeNumber(in: 1...1024)), of: [.report],
      "images under way at once (default: as many as there are cores)")
  }

  private static let general = section(.general) {
    Flag(
      "verbose", short: "v", .sets(\.verbosity, to: .verbose), of: [.verify],
      "also print a line for each map that is the same")
    Flag(
      "quiet", short: "q", .sets(\.verbosity, to: .quiet),
      of: [.explain, .evaluate, .diff, .convert, .inspect, .report, .sheet, .bench],
      "print no progress and no warnings")
    Flag(
      "verbose", short: "v", .sets(\.verbosity, to: .verbose),
      "also print what the hooks saw: module, activation and gradient shapes")
    help
    version
  }
}
