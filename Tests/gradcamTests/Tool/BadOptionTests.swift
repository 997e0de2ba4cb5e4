import Testing

/// Options that do not fit the model: status 2, one line, nothing left.
@Suite struct BadOptionTests {
  /// What is added to a command, and the line that it gives.
  private static let cases = """
    -l resnet_block.4
      --layer: 'resnet_block.4' is no module of this network (nearest: resnet_blocks.4, resnet_blocks, resnet_blocks.0; 'gradcam inspect' lists all)
    -l resnet_blocks.-9
      --layer: 'resnet_blocks.-9' is no module of this network (nearest: resnet_blocks.0, resnet_blocks.1, resnet_blocks.2; 'gradcam inspect' lists all)
    -l classifier.2
      --layer: classifier.2 has no spatial extent (its output is [1, 1, 1, 1]) (a layer before pooling, such as resnet_blocks.4)
    -t 2
      --target: 2 is no class of this model (0 to 1)
    -t -1
      --target: -1 is no class of this model (0 to 1)
    -t postive
      --target: 'postive' is no class of this model (nearest: positive)
    --preprocess crop=224
      --preprocess: makes 224×224 images, and the model takes 256×256 (crop=256x256)
    --preprocess imagenet,crop=224
      --preprocess: makes 224×224 images, and the model takes 256×256 (crop=256x256)
    --preprocess resize=300,crop=none
      --preprocess: makes images whose shorter side has 300 pixels, and the model takes 256×256 (crop=256x256)
    --preprocess std=0
      --preprocess: std=0.0 divides nothing
    --preprocess mean=1/2
      --preprocess: mean has 2 values, and the model takes 3 channels (one value, or one a channel)
    --preprocess channels=gray
      --preprocess: channels=gray makes 1, and the model takes 3 (channels=rgb)
    --preprocess size=3
      --preprocess: has no key "size" (did you mean resize?)
    --input-shape 3x224x224
      --input-shape: is 3×224×224, and the model does not take it (3x256x256)
    --arch xray-classifier:zz=1
      xray.pth: xray-classifier has no argument 'zz' (one of nc, nf)
    --arch xray-classifier:nf=0
      --arch: 'nf=0' is no argument of an architecture (key=value with a whole number)
    -m gradcm
      --method: there is no method 'gradcm' (did you mean gradcam?)
    --colormap jets
      --colormap: there is no colour map "jets" (did you mean jet?)
    --alpha 2
      --alpha: '2' is out of range (a number from 0 to 1)
    --gamma nan
      --gamma: 'nan' is not a number (a number above 0)
    --labels missing.txt
      missing.txt: no such file
    --labels photo.jpg
      photo.jpg: is not UTF-8 text (a label a line)
    --labels three.txt
      --labels: has 3 labels for 2 classes (a negative and a positive one)
    --files-from missing.txt
      missing.txt: no such file
    photo.jpg
      photo.jpg: would write maps/photo.gradcam.png twice (each image once, each output its own name)
    photo.png
      photo.png: would write maps/photo.gradcam.png, as would photo.jpg (one at a time, or their folder as the operand)
    --lables
      --lables: unknown option (did you mean --labels?)
    """.split(separator: "\n")

  @Test(arguments: Array(stride(from: 0, to: cases.count, by: 2))) func `What does not fit the model`(_ index: Int)
    throws
  {
    let (words, line) = (Self.cases[index].split(separator: " ").map(String.init), Self.cases[index + 1].dropFirst(2))
    let folder = Workplace("photo.jpg", "xray.pth")
    folder.put("a\nb\nc\n", as: "three.txt")
    let outcome = try Tool.run(["explain", "photo.jpg", "-w", "xray.pth", "-d", "maps"] + words, in: folder)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == ["gradcam: \(line)"])
    #expect(folder.made == [])
  }

  @Test func `A model of several classes`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    func refusal(_ words: String...) throws -> String {
      let outcome = try Tool.run(["explain", "tiny.png", "-w", "cifar.th"] + words, in: folder)
      #expect(outcome.status == 2 && folder.made == [])
      return outcome.errors.joined(separator: "\n")
    }
    #expect(
      try refusal("-l", "linear") == """
        gradcam: --layer: linear has no spatial extent (its output is [1, 10]) (a layer before pooling, such as layer3)
        """)
    #expect(try refusal("-t", "10") == "gradcam: --target: 10 is no class of this model (0 to 9)")
    #expect(
      try refusal("-t", "cat") == """
        gradcam: --target: 'cat' is no class of this model (the model has no labels: an index from 0 to 9, \
        or --labels FILE)
        """)
    #expect(
      try refusal("--input-shape", "3x48x48", "--preprocess", "imagenet,crop=224")
        == "gradcam: --input-shape: is 48×48, and --preprocess makes 224×224 (one of the two)")
  }

  @Test func `No arguments at all`() throws {
    let folder = Workplace()
    let nothing = try folder.run()
    #expect(nothing.status == 2 && nothing.output.isEmpty)
    #expect(nothing.errors == ["Usage: gradcam COMMAND [OPTIONS] [OPERANDS]", "gradcam --help tells more."])
    let version = try folder.run("--version")
    #expect(version.status == 0 && version.lines == ["gradcam 0.1.0"])
    let help = try folder.run("explain", "--help")
    #expect(help.status == 0 && help.lines.first?.hasPrefix("gradcam explain: ") ?? false)
  }
}
