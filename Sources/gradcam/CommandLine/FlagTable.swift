import ModelFormats

/// Every option of every command.
///
/// A name may stand here twice when two commands mean different things by it.
extension Flag {
  static let all = model + inputs + maps + evidence + look + outputs + running + verify + bench + report + general

  /// The flags of one command, in the table's order.
  static func table(of command: Command) -> [Flag] { all.filter { $0.commands.contains(command) } }

  static let help = Flag(
    "help", short: "h", .nothing, .general, of: Set(Command.allCases), "print this help and exit")
  static let version = Flag(
    "version", .nothing, .general, of: Set(Command.allCases), "print the version and exit")

  private static let model = [
    Flag(
      "weights", short: "w", .one("FILE", \.weights, FlagReader.path), .model, of: [.explain],
      "the model: a gradcam model file, safetensors, PyTorch checkpoint or ONNX, told by its content; required"),
    Flag(
      "weights", short: "w", .one("FILE", \.weights, FlagReader.path), .model, of: [.verify],
      "the model, where it lies elsewhere than the records say"),
    Flag(
      "arch", .one("NAME[:K=V,…]", \.model.architecture, offering: .architectures, FlagReader.text), .model,
      of: [.explain, .convert, .inspect, .bench],
      "the architecture, where the weights alone do not tell"),
    Flag(
      "preprocess", .one("SPEC", \.model.preprocess, offering: .presets, FlagReader.text), .model,
      of: [.explain, .convert, .inspect, .bench],
      "what is done to an image first: a preset (half, imagenet, imagenet-squash, unit, tf, caffe, raw), "
        + "key=value pairs (resize, crop, interpolation, antialias, channels, scale, mean, std), or a preset and "
        + "pairs that change it, between commas (default: what the model file says)"),
    Flag(
      "labels", .one("FILE", \.model.labels, FlagReader.path), .model, of: [.explain, .convert, .inspect],
      "the classes' names, a label a line (default: what the model file says)"),
    Flag(
      "input-shape", .one("CxHxW", \.model.inputShape, FlagReader.shape), .model,
      of: [.explain, .convert, .inspect, .bench],
      "the model's input, as in 3x224x224 (default: what the model file says)"),
    Flag(
      "output-name", .one("NAME", \.model.outputName, FlagReader.text), .model,
      of: [.explain, .convert, .inspect, .bench], "which output of an ONNX model to explain (default: the first)"),
    Flag(
      "layer", short: "l", .one("PATH", \.defaultLayer, FlagReader.text), .model, of: [.convert],
      "the layer that is explained where none is named; a module path as gradcam inspect lists them"),
  ]

  private static let inputs = [
    Flag(
      "recursive", short: "r", .turnsOn(\.inputs.isRecursive), .inputs, of: [.explain],
      "follow folders all the way down"),
    Flag(
      "files-from", .one("FILE", \.inputs.filesFrom, FlagReader.path), .inputs, of: [.explain],
      "also explain the images that FILE lists, a path a line; - reads the list from standard input"),
    Flag(
      "null", short: "0", .turnsOn(\.inputs.isNULSeparated), .inputs, of: [.explain],
      "the list's paths are separated by NUL bytes, as find -print0 writes them"),
    Flag(
      "shard", .one("I/N", \.inputs.shard, Shard.init), .inputs, of: [.explain],
      "explain the I-th of N parts of the images, told by their names alone: for several machines with one list"),
    Flag(
      "no-orient", .sets(\.inputs.appliesOrientation, to: false), .inputs, of: [.explain],
      "take pixels as stored, without the rotation that EXIF asks for"),
    Flag(
      "fast-decode", .turnsOn(\.inputs.isDecodedFast), .inputs, of: [.explain],
      "decode a JPEG at a half, a quarter or an eighth of its size where the model sees no more of it; the map may "
        + "differ a little; without effect with --canvas original"),
    Flag(
      "max-pixels",
      .one("N", \.inputs.maxPixels, default: "268435456", FlagReader.wholeNumber(in: 1...1 << 32)), .inputs,
      of: [.explain], "the most pixels that an image may have; larger ones are refused before memory is taken for them"),
  ]

  private static let maps = [
    Flag(
      "method", short: "m",
      .several(
        "NAME[,NAME…]", \.maps.typedMethods, default: MapOptions.defaultMethod, offering: .methods, FlagReader.list),
      .maps, of: [.explain, .bench], "how maps are computed; gradcam methods lists the names"),
    Flag(
      "layer", short: "l",
      .several("PATH[,PATH…]", \.maps.layers, default: "the model's own", FlagReader.list), .maps, of: [.explain],
      "module paths as gradcam inspect lists them; indexes may count from the end, as in resnet_blocks.-1; "
        + "a map for each, or one with --fuse"),
    Flag(
      "target", short: "t",
      .several("CLASS", \.maps.typedTargets, default: MapOptions.defaultTarget, offering: .targets, FlagReader.item),
      .maps, of: [.explain],
      "the class to explain: an index, a label, top, top5 or all; of a model with one output also positive or "
        + "negative; may be repeated"),
    Flag(
      "score", .choice("KIND", \.maps.score), .maps, of: [.explain],
      "what is differentiated, the value before a final sigmoid or softmax or the model's own output"),
    Flag(
      "normalize", .choice("KIND", \.maps.normalization, default: "max; minmax for rise"), .maps, of: [.explain],
      "how a map is scaled to 0…1 (−1…1 where it has a sign); with none, files hold raw values"),
  ]

  private static let look = [
    Flag(
      "colormap",
      .one("NAME", \.look.colormap, default: "jet; bwr for maps with a sign", offering: .colormaps, FlagReader.text),
      .look,
      of: [.explain], "the overlay's colours; gradcam colormaps lists the names"),
    Flag(
      "alpha",
      .one(
        "A", \.look.alpha, default: "0.4",
        FlagReader.number("a number from 0 to 1") { (0...1).contains($0) }), .look, of: [.explain],
      "the colour's share, from 0 to 1"),
    Flag(
      "gamma",
      .one(
        "G", \.look.gamma, default: "2; 1 for maps with a sign",
        FlagReader.number("a number above 0") { Float($0) > 0 && Float($0).isFinite }),
      .look,
      of: [.explain], "the power that the map is raised to before it is coloured"),
    Flag(
      "resample", .choice("KIND", \.look.resample, default: "bicubic"), .look, of: [.explain], "how the map is enlarged"
    ),
    Flag(
      "canvas", .choice("KIND", \.look.canvas), .look, of: [.explain],
      "draw on what the model saw, or on the whole image at its own size"),
    Flag(
      "panel", .turnsOn(\.look.hasPanel), .look, of: [.explain],
      "image, map and overlay side by side, with a colour bar"),
    Flag(
      "threshold",
      .one(
        "T", \.look.threshold, default: "0.5", FlagReader.number("a number above 0, to 1") { $0 > 0 && $0 <= 1 }),
      .look,
      of: [.explain], "from which value of the scaled, enlarged map on --boxes and --contours count a pixel"),
    Flag(
      "boxes", .turnsOn(\.look.hasBoxes), .look, of: [.explain],
      "draw a box around each region above the threshold and record it; regions below a thousandth of the picture are "
        + "left out"),
    Flag(
      "contours", .turnsOn(\.look.hasContours), .look, of: [.explain],
      "draw and record the outlines of these regions"),
  ]

  private static let outputs = [
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, FlagReader.path), .outputs, of: [.explain],
      "the overlay, where exactly one is made; - writes the PNG to standard output"),
    Flag(
      "output", short: "o", .one("FILE", \.outputs.file, FlagReader.path), .outputs, of: [.convert],
      "the model file to write; required"),
    Flag(
      "output-dir", short: "d",
      .one(
        "DIR", \.outputs.typedDirectory, default: "., or the report's", offering: .folders,
        FlagReader.path),
      .outputs, of: [.explain],
      "where overlays go without --output; made when missing; images from folders keep their tree"),
    Flag(
      "heatmap", .one("FILE", \.outputs.heatmap, offering: .files, HeatmapTemplate.init), .outputs, of: [.explain],
      "also write the scaled map: to .npy as float32 at the layer's size, or to .png in colour; {stem}, {method}, "
        + "{layer} and {target} are replaced"),
    Flag(
      "dump", .one("FILE", \.outputs.dump, FlagReader.path), .outputs, of: [.explain],
      "also write the evidence for one image, method, layer and target as safetensors: input, output, activations, "
        + "gradients, cam, heatmap"),
    Flag(
      "json", .turnsOn(\.outputs.isJSON), .outputs, of: [.explain],
      "print a JSON array with a record for each image in place of lines"),
    Flag(
      "jsonl", .turnsOn(\.outputs.isJSONLines), .outputs, of: [.explain],
      "print a JSON record a line in place of lines, each as soon as its image is done"),
    Flag(
      "csv", .turnsOn(\.outputs.isCSV), .outputs, of: [.explain],
      "print a table for spreadsheets in place of lines, a row a map, as soon as its image is done"),
    Flag(
      "records", .one("FILE", \.records.file, FlagReader.path), .outputs, of: [.explain],
      "append the JSON records to FILE, too; one run at a time may"),
    Flag(
      "resume", .turnsOn(\.records.isResuming), .outputs, of: [.explain],
      "pass over images that the records and the outputs prove finished, for the same model and options"),
    Flag(
      "report", .one("DIR", \.records.report, offering: .folders, FlagReader.path), .outputs, of: [.explain],
      "also make DIR/index.html, a page to look through the results; records go to DIR/records.jsonl, begun anew unless "
        + "--resume is given, and overlays to DIR, unless --records and --output-dir say otherwise"),
    Flag("json", .turnsOn(\.outputs.isJSON), .outputs, of: [.inspect], "print the card as JSON"),
  ]

  private static let running = [
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.explain],
      "images under way at once (default: as many as there are cores)"),
    Flag(
      "threads", .one("N", \.running.threads, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.explain],
      "cores for one image (default: all where there is one image, otherwise 1)"),
    Flag(
      "max-errors", .one("N", \.records.maxErrors, FlagReader.wholeNumber(in: 1...Int.max)), .running, of: [.explain],
      "end the run when N images have failed"),
    Flag(
      "engine", .choice("KIND", \.running.engine), .running, of: [.explain, .bench],
      "how convolutions are computed; im2col is the plain path, for checking"),
  ]

  /// What `verify` means by names that other commands have too.
  private static let verify = [
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.verify],
      "records under way at once (default: as many as there are cores)")
  ]

  /// What `bench` means by names that other commands have too, and its own.
  private static let bench = [
    Flag(
      "layer", short: "l", .one("PATH", \.defaultLayer, FlagReader.text), .model, of: [.bench],
      "the layer to explain; a module path as gradcam inspect lists them (default: the model's own)"),
    Flag("json", .turnsOn(\.outputs.isJSON), .outputs, of: [.bench], "print one JSON object in place of lines"),
    Flag(
      "jobs", short: "j", .one("N", \.running.jobs, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.bench],
      "images under way at once, for throughput (default: 1)"),
    Flag(
      "threads", .one("N", \.running.threads, FlagReader.wholeNumber(in: 1...1024)), .running, of: [.bench],
      "cores for each of them (default: all, shared out among the jobs)"),
    Flag(
      "runs", .one("N", \.running.runs, FlagReader.wholeNumber(in: 1...1_000_000)), .running, of: [.bench],
      "how often each job is timed (default: 30)"),
    Flag(
      "layers", .turnsOn(\.outputs.listsSteps), .outputs, of: [.bench],
      "list every step of the plan instead, with its algorithm and its best time"),
    Flag(
      "stages", .turnsOn(\.outputs.listsStages), .outputs, of: [.bench],
      "time decoding, preprocessing, the engine, drawing and encoding of IMAGE instead, each alone"),
  ]

  private static let general = [
    Flag(
      "verbose", .sets(\.verbosity, to: .verbose), .general, of: [.verify],
      "also print a line for each map that is the same"),
    Flag(
      "quiet", .sets(\.verbosity, to: .quiet), .general, of: [.explain, .convert, .inspect, .report, .bench],
      "print no progress and no warnings"),
    Flag(
      "verbose", .sets(\.verbosity, to: .verbose), .general, of: [.explain],
      "also print what the hooks saw: module, activation and gradient shapes"),
    help,
    version,
  ]
}
