import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ArgumentParserTests {
  // MARK: - Structure

  @Test func `Options and operands mix, and two dashes end options`() throws {
    let options = try explain("b.jpg", "-r", "c.jpg", "--", "-r", "--json", "--")
    #expect(options.operands.map(\.description) == ["a.jpg", "b.jpg", "c.jpg", "-r", "--json", "--"])
    #expect(options.inputs.isRecursive && options.outputs.format == .text)
  }

  @Test func `A dash is an operand and may be a value`() throws {
    let options = try explain("-", "--files-from", "list")
    #expect(options.operands.map(\.isDash) == [false, true])
    #expect(try explain("-o", "-").outputs.file?.isDash == true)
  }

  @Test func `A record's options are those that decide what is made of an image`() throws {
    let options = try ArgumentParser.options(ofRecipe: ["--method=rise", "--samples=9", "--signed"])
    #expect(options.maps.settings.samples == 9 && options.maps.settings.isSigned)
    for words in [
      ["--jobs=2"], ["--records=r"], ["-d", "o"], ["x.jpg"], ["--", "x.jpg"], ["--weights=w"], ["--quiet"],
    ] {
      #expect(throws: InputError.self) { try ArgumentParser.options(ofRecipe: words) }
    }
  }

  @Test func `Paths are bytes`() throws {
    let name: [UInt8] = [0x66, 0xFF, 0x2E, 0x70]
    let words = ["explain", "-w"].map { Array($0.utf8) } + [name, name, Array("--output=".utf8) + name]
    guard case .command(.explain, let options) = try ArgumentParser.parse(words) else {
      throw InputError("", "not explain")
    }
    #expect(options.operands == [FilePath(bytes: name)])
    #expect(options.weights?.bytes == name && options.outputs.file?.bytes == name)
  }

  @Test func `The other commands`() throws {
    #expect(try asked("methods") == "methods")
    #expect(try asked("colormaps") == "colormaps")
    let convert = try options(
      of: .convert,
      [
        "m.pth", "-ow.bin", "--arch", "x", "--labels=l", "-l", "a.-1", "--preprocess", "tf", "--input-shape=3x8x9",
        "--quiet",
      ])
    #expect(convert.operands == [FilePath("m.pth")] && convert.outputs.file == FilePath("w.bin"))
    #expect(convert.model.layer == "a.-1" && convert.verbosity == .quiet)
    #expect(convert.model.architecture == "x" && convert.labels == FilePath("l"))
    #expect(convert.model.preprocessing == "tf" && convert.model.inputShape ?? (0, 0, 0) == (3, 8, 9))
    let inspect = try options(of: .inspect, ["--json", "m.onnx"])
    #expect(inspect.operands == [FilePath("m.onnx")] && inspect.outputs.isJSON)
    let bench = try options(of: .bench, ["m.onnx", "-l", "a", "--layer=b.0", "-m", "layercam"])
    #expect(bench.maps.layers == ["b.0"] && bench.maps.methods.map(\.name) == ["layercam"])
  }

  /// What a line asks for, in a word or two.
  private func asked(_ words: String...) throws -> String {
    switch try parse(words) {
    case .command(let command, _): command.name
    case .help(let command): "help on \(command?.name ?? "the tool")"
    case .version: "version"
    }
  }

  @Test func `Help and version are heard whatever else is wrong`() throws {
    #expect(try asked("--help") == "help on the tool")
    #expect(try asked("-h") == "help on the tool")
    #expect(try asked("--version") == "version")
    #expect(try asked("help") == "help")
    #expect(try asked("help", "--help") == "help on the tool")
    #expect(try asked("help", "explain") == "help")
    #expect(try asked("explain", "--help") == "help on explain")
    #expect(try asked("explain", "--alpha", "x", "--bogus", "-rh") == "help on explain")
    #expect(try asked("explain", "-o", "--help") == "help on explain")
    #expect(try asked("methods", "x", "--version") == "version")
    #expect(try asked("-V") == "version" && asked("explain", "-V") == "version")
    #expect(complaint("methods", "--", "--help") == "gradcam: --help: is one operand too many (gradcam methods)")
  }

  // MARK: - Complaints

  @Test func `Commands`() {
    #expect(
      complaint()
        == "gradcam: no command (one of explain, evaluate, diff, report, sheet, verify, convert, inspect, methods, metrics, "
        + "colormaps, completions, man or help; gradcam --help)")
    #expect(complaint("explian") == "gradcam: explian: unknown command (did you mean explain?)")
    #expect(complaint("help", "metods") == "gradcam: metods: unknown command (did you mean methods?)")
    #expect(
      complaint("--quiet", "explain")
        == "gradcam: --quiet: stands before the command (gradcam COMMAND [OPTIONS] [OPERANDS])")
  }

  @Test func `Options that are not there`() {
    #expect(explainComplaint("--colourmap", "x") == "gradcam: --colourmap: unknown option (did you mean --colormap?)")
    #expect(explainComplaint("--pannel") == "gradcam: --pannel: unknown option (did you mean --panel?)")
    #expect(explainComplaint("--out=x") == "gradcam: --out: unknown option (did you mean --output?)")
    #expect(explainComplaint("--JSON") == "gradcam: --JSON: unknown option (did you mean --json?)")
    #expect(explainComplaint("-json") == "gradcam: -json: unknown option (did you mean --json?)")
    #expect(explainComplaint("-R") == "gradcam: -R: unknown option (did you mean -r?)")
    #expect(explainComplaint("-rp") == "gradcam: -p: unknown option (did you mean --preprocess?)")
    #expect(explainComplaint("-z") == "gradcam: -z: unknown option (gradcam explain --help lists the options)")
    #expect(
      complaint("convert", "m", "--alpha", "1") == "gradcam: --alpha: is not an option of convert (explain takes it)")
    #expect(complaint("inspect", "m", "-o", "1") == "gradcam: -o: is not an option of inspect (explain takes it)")
  }

  @Test func `Values that are missing`() {
    #expect(explainComplaint("-o") == "gradcam: --output: needs a value (--output FILE)")
    #expect(explainComplaint("--jobs") == "gradcam: --jobs: needs a value (--jobs N)")
    #expect(
      explainComplaint("--heatmap", "--json")
        == "gradcam: --heatmap: needs a value, but '--json' follows "
        + "(--heatmap FILE, or --heatmap=VALUE for a value that looks like an option)")
    #expect(explainComplaint("--output=") == "gradcam: --output: is empty (a path)")
    #expect(explainComplaint("--target=") == "gradcam: --target: is empty")
  }

  @Test func `Numbers`() {
    for word in ["x", "nan", "inf", "0x1p-3", "", "1,5", "0.5 "] {
      #expect(
        explainComplaint("--alpha=\(word)") == "gradcam: --alpha: '\(word)' is not a number (a number from 0 to 1)")
    }
    for word in ["-0.1", "1.01", "1e99"] {
      #expect(
        explainComplaint("--alpha", word) == "gradcam: --alpha: '\(word)' is out of range (a number from 0 to 1)")
    }
    #expect(explainComplaint("--gamma", "0") == "gradcam: --gamma: '0' is out of range (a number above 0)")
    #expect(explainComplaint("--gamma", "1e-99") == "gradcam: --gamma: '1e-99' is out of range (a number above 0)")
    for word in ["two", "1.5", "-1", "+1"] {
      #expect(
        explainComplaint("--jobs", word)
          == "gradcam: --jobs: '\(word)' is not a whole number (a whole number from 1 to 1024)")
    }
    for word in ["0", "1025", "99999999999999999999"] {
      #expect(
        explainComplaint("--threads", word)
          == "gradcam: --threads: '\(word)' is out of range (a whole number from 1 to 1024)")
    }
  }

  @Test func `Words, lists, shapes and templates`() {
    #expect(
      explainComplaint("--resample", "bicubc")
        == "gradcam: --resample: 'bicubc' is not a value it takes "
        + "(bicubic, bilinear or nearest; did you mean bicubic?)")
    #expect(
      explainComplaint("--score=loggit")
        == "gradcam: --score: 'loggit' is not a value it takes (logit or output; did you mean logit?)")
    #expect(
      explainComplaint("-m", "a,,b") == "gradcam: --method: 'a,,b' has an empty item (names separated by single commas)"
    )
    for word in ["224", "3x224", "0x2x2", "3x2x2x", "axbxc", "3x70000x2", "3X2X2"] {
      #expect(
        explainComplaint("--input-shape", word)
          == "gradcam: --input-shape: '\(word)' is not a shape "
          + "(channels x height x width, each from 1 to 65535, as in 3x224x224)")
    }
    #expect(
      explainComplaint("--heatmap", "h.gif")
        == "gradcam: --heatmap: 'h.gif' ends in neither .npy, .png, .jpg nor .svg "
        + "(FILE.npy, FILE.png, FILE.jpg or FILE.svg)")
    #expect(
      explainComplaint("--heatmap", "{layr}.npy")
        == "gradcam: --heatmap: '{layr}' is not replaced by anything (did you mean {layer}?)")
  }

  @Test func `A label that is not UTF-8`() {
    let words = ["explain", "a.jpg", "-w", "w.bin", "-t"].map { Array($0.utf8) } + [[0xFF]]
    #expect(throws: InputError("--target", "'\u{FFFD}' is not UTF-8")) { try ArgumentParser.parse(words) }
  }

  @Test func `Operands`() {
    #expect(
      complaint("explain", "-w", "w")
        == "gradcam: explain: no image is named (an image, a folder, - or --files-from FILE)")
    #expect(complaint("explain", "a.jpg") == "gradcam: --weights: is required (--weights FILE names the model)")
    #expect(complaint("inspect") == "gradcam: inspect: no model is named (gradcam inspect [OPTIONS] MODEL)")
    #expect(
      complaint("inspect", "a", "b") == "gradcam: b: is one operand too many (gradcam inspect [OPTIONS] MODEL)")
    #expect(complaint("methods", "x") == "gradcam: x: is one operand too many (gradcam methods)")
    #expect(complaint("help", "a", "b") == "gradcam: b: is one operand too many (gradcam help [COMMAND|TOPIC])")
    #expect(
      complaint("convert", "m") == "gradcam: --output: is required (--output FILE names the model file to write)")
    #expect(
      complaint("convert", "m", "-o", "./m") == "gradcam: --output: './m' is the model that is read (another name)")
    #expect(
      complaint("convert", "m", "-o", "-")
        == "gradcam: --output: a model file cannot be written to standard output (name a file)")
  }
}
