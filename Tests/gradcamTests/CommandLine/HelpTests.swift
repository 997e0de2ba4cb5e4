import GradCAMCore
import Testing

@testable import gradcam

@Suite struct HelpTests {
  @Test func `Help on convert`() {
    #expect(
      outcome(of: "convert", "--help").output == """
        gradcam convert: make a self-contained model file from a checkpoint or an ONNX model

        Usage: gradcam convert [OPTIONS] MODEL --output FILE

        MODEL is a safetensors file, a PyTorch checkpoint, an ONNX model, a gradcam model file, or a folder
        with one of them as Hugging Face and timm publish it.

        Of an option given twice the last counts.

        Model:
              --arch NAME[:K=V,…]    the architecture, for weights that do not tell. timm's resnetaa and
                                     resnetblur look like plain ResNets: their pools have no weights. K=V
                                     says more of it: head-activation=relu|gelu|silu|elu|tanh|none stands
                                     between a head's linear layers, and
                                     head-pooling=avg|max|max-avg|avg-max before them
              --state NAME           which network of a checkpoint with several: the key of its dictionary,
                                     as in state_dict_ema, or what its tensors' names begin with (default:
                                     the one that is no average of another)
              --head NAME            which head of a state dict with several that fit, by its module's name
                                     (default: the only one)
              --preprocess SPEC      what is done to an image first: a preset, key=value pairs, or a preset
                                     and pairs that change it, between commas. gradcam help presets spells
                                     the presets out (half, imagenet, imagenet-squash, unit, tf, caffe,
                                     raw). Keys are resize, crop, interpolation, antialias, channels, scale,
                                     mean, std, window, bits, pillow, crop-rounding and border. A preset
                                     replaces what the model file says, and pairs alone change it (default:
                                     what the model file says)
              --labels FILE          the classes' names: a label a line, JSON, CSV with a heading, or
                                     imagenet for the 1,000 names of its classes, which are built in
                                     (default: what the model file says)
              --input-shape CxHxW    the model's input, as in 3x224x224; preprocessing keeps its proportions
                                     (default: what the model file says)
              --activation KIND      what makes probabilities of the scores, if the model does not tell.
                                     With a sigmoid each class has its own. With none, scores are shown:
                                     auto, softmax, sigmoid or none (default: auto)
              --output-name NAME     which output of an ONNX model to explain (default: the first)
          -l, --layer PATH           the layer that is explained where none is named; a module path as
                                     gradcam inspect lists them
          -m, --method NAME          the method that explains where none is named; gradcam methods lists the
                                     names

        Output:
          -o, --output FILE          the model file to write; required; another model file of gradcam's is
                                     replaced, and nothing else

        General:
          -q, --quiet                print no progress and no warnings
          -h, --help                 print this help and exit
          -V, --version              print the version and exit

        Exit status:
          0  done
          1  the result could not be written
          2  bad usage, or a model that cannot be loaded

        Examples:
          gradcam convert models/demo-xray.bin -o w.bin --preprocess half

        """)
  }

  @Test func `The overview`() {
    #expect(
      outcome(of: "--help").output == """
        gradcam shows where in an image a classifier's answer came from.

        Usage: gradcam COMMAND [OPTIONS] [OPERANDS]

        Commands:
          explain        show where in an image a classifier's answer came from
          evaluate       measure how good maps are, method by method and layer by layer
          diff           compare the maps of two models, image by image
          report         make a page to look through the results of a run
          sheet          make one picture of many overlays, for a paper or a review
          verify         make the maps of records again and say which differ
          convert        make a self-contained model file from a checkpoint or an ONNX model
          inspect        print a model's card and its modules, to pick a --layer from
          methods        list what --method takes
          metrics        list what evaluate measures
          colormaps      list what --colormap takes
          completions    print what teaches a shell to complete commands and options
          man            print the manual page
          help           explain a command and its options

        Options:
          -h, --help     print this help and exit
          -V, --version  print the version and exit

        Examples:
          gradcam explain models/images/opacity-01.jpg --weights models/demo-xray.bin
          gradcam inspect models/demo-xray.bin

        More:
          help export    how to make an ONNX file of any model
          help presets   what the presets of --preprocess do

        gradcam help COMMAND (or gradcam COMMAND --help) tells what a command takes.

        """)
  }

  @Test(arguments: CommandTable.all) func `Every flag is in the help of its command`(_ command: Command) {
    let lines = Help.text(on: command)
    for flag in Flag.table(of: command) {
      #expect(lines.contains { $0.dropFirst(6).hasPrefix(flag.synopsis) }, "\(flag.long)")
      if let short = flag.short {
        let letter = String(decoding: [short], as: UTF8.self)
        #expect(lines.contains { $0.hasPrefix("  -\(letter), \(flag.synopsis)") }, "\(flag.long)")
      }
    }
    for example in command.examples { #expect(lines.contains("  \(example)")) }
  }

  /// A reader should not have to read a sentence twice. A colon or a semicolon ends one as far as that goes.
  @Test(arguments: CommandTable.all) func `Sentences have at most thirty words`(_ command: Command) {
    #expect(Self.longest(of: "one two. three four five: six") == 3)
    for text in command.notes + [command.summary] + Flag.table(of: command).map(\.help) {
      #expect(Self.longest(of: text) <= 30, "\(text)")
    }
  }

  private static func longest(of text: String) -> Int {
    text.split(separator: #/[.!?:;](\s|$)/#).map { $0.split(separator: " ").count }.max() ?? 0
  }

  @Test func `Presets are spelt out as they are`() {
    let lines = outcome(of: "help", "presets").output
    for (name, preset) in Preprocessing.presets {
      #expect(lines.contains("\n\(name)\n") && lines.contains(preset.description.replacing(",", with: " ")), "\(name)")
    }
  }

  @Test(arguments: CommandTable.all) func `Lines fit`(_ command: Command) {
    for line in Help.text(on: command) + Help.overview {
      #expect(line.count <= Help.width)
      #expect(line.last != " ")
    }
  }

  @Test(arguments: CommandTable.all) func `Examples are understood`(_ command: Command) throws {
    for example in command.examples {
      for part in example.split(separator: " | ") {
        let line = part.split(separator: " > ").first?.split(separator: " < ").first ?? ""
        let words = line.split(separator: " ").dropFirst().map { $0.replacing("'", with: "") }
        #expect(throws: Never.self) { try parse(words.map(String.init)) }
      }
    }
  }

  @Test(arguments: CommandTable.all) func `Help is the same however it is asked for`(_ command: Command) {
    guard command != .help else { return }
    #expect(outcome(of: "help", command.name).output == outcome(of: command.name, "--help").output)
  }

  @Test func `Exit statuses of the tool`() {
    #expect(outcome(of: "--version") == (0, "gradcam 0.1.0\n", ""))
    #expect(outcome() == (2, "", "Usage: gradcam COMMAND [OPTIONS] [OPERANDS]\ngradcam --help tells more.\n"))
    #expect(outcome(of: "x") == (2, "", "gradcam: x: unknown command (gradcam --help lists them)\n"))
  }

  @Test func `Columns`() {
    #expect(alignedColumns([["a", "bbb", "c"], ["dddd", "e", "f"], ["g"]]) == ["a     bbb  c", "dddd  e    f", "g"])
    #expect(alignedColumns([]) == [])
  }
}
