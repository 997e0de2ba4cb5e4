import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

/// The README's Swift is compiled and run here, by the public interface alone.
@Suite struct ReadmeTests {
  /// The examples, line by line; only where their files lie is put in front of the names.
  private func examples(_ here: FilePath, _ there: String) throws -> ([ExplanationMap], Leaderboard) {
    let model = try Model.load(FilePath("\(here)/models/demo-xray.bin"))
    let explainer = try Explainer(model, threads: 2)
    let photo = try ImageDecoder.decode(try FileBytes(path: FilePath("\(here)/models/images/opacity-01.jpg")))
    let explanation = try explainer.explain(photo)
    let map = explanation.maps[0]
    print(explanation.prediction.ranking[0].label ?? "?", map.verdict, map.heatmap.values.max() ?? 0)
    let overlay = Overlay.draw(map.drawn, over: explanation.prepared.crop)
    try AtomicFile.write(try PNGEncoder.encode(overlay), to: FilePath("\(there)/overlay.png"))

    /// Grad-CAM with its positive weights alone.
    struct PositiveCAM: CAMMethod {
      let name = "positive"
      let paper = "mine"
      func explain(_ evidence: Evidence) -> Finding {
        Finding(evidence.weightedSum(evidence.gradients.channelMeans().map { max($0, 0) }))
      }
    }

    var options = Explainer.Options()
    options.methods = [PositiveCAM(), LayerCAM()]
    options.targets = [.all]
    let maps = try Explainer(model, options).explain(photo).maps

    /// The class's probability where nothing but the hottest tenth of the image is left.
    struct HottestTenth: Metric {
      let name = "tenth"
      let paper = "mine"
      let isBetterHigh = true
      func measure(_ subject: MetricSubject) throws -> MetricFinding {
        let hottest = Set(subject.order.prefix(subject.order.count / 10))
        let mask = subject.relevance.replacing { hottest.contains($0) ? 1 : 0 }
        return MetricFinding(try subject.value(maskedBy: mask))
      }
    }

    var evaluation = Evaluator.Options()
    evaluation.maps.methods = [GradCAM(), LayerCAM()]
    evaluation.metrics = [Insertion(), HottestTenth()]
    let evaluator = try Evaluator(model, evaluation, threads: 2)
    var board = Leaderboard(seed: 0)
    for name in ["opacity-01", "opacity-02"] {
      let file = try FileBytes(path: FilePath("\(here)/models/images/\(name).jpg"))
      board.add(try evaluator.evaluate(try ImageDecoder.decode(file)), of: name)
    }
    for row in board.rows {
      print(row.method, row.layer, board.cell(row, "tenth")?.value.mean ?? .nan)
    }

    let session = Session(model.graph)
    let handle = try session.registerForwardHook("resnet_blocks.4.conv2") { module, inputs, output in
      print(module.path, output.shape)
      return nil  // or Replacement(tensor)
    }
    _ = try session.forward(explanation.prepared.tensor)
    handle.remove()
    return (maps, board)
  }

  @Test func `The examples run`() throws {
    let folder = Workplace()
    let (maps, board) = try examples(Fixture.repository, folder.root)
    #expect(maps.map(\.method.name) == ["positive", "layercam", "positive", "layercam"])
    #expect(board.images == 2 && board.rows.map(\.method).starts(with: ["gradcam", "layercam"]))
    let tenth = try #require(board.cell(board.rows[0], "tenth")?.value)
    #expect(tenth.count == 2 && (0...1).contains(tenth.mean) && tenth.interval != nil)
    #expect(maps.map(\.target.label) == ["normal", "normal", "opacity", "opacity"])
    let overlay = try ImageDecoder.decode(FileBytes(copying: try #require(folder.bytes("overlay.png")))).image
    #expect(overlay.width == 256 && overlay.height == 256)
    // Positive weights and activations that are not negative: more than Grad-CAM finds.
    #expect(maps[2].verdict == .ok && (maps[2].cam.values.min() ?? -1) >= 0)
  }

  @Test(arguments: [("README.md", 8), ("Sources/GradCAMCore/GradCAMCore.docc/UsingTheLibrary.md", 35)])
  func `The pages have these lines, and no others`(_ page: String, _ least: Int) throws {
    let lines = { (path: FilePath) in
      let text = try String(contentsOfFile: path.description, encoding: .utf8)
      return text.split(separator: "\n").map { line in
        String(line.drop { $0 == " " }).replacing("\\(here)/", with: "").replacing("\\(there)/", with: "")
      }
    }
    var (examples, isInside): ([String], Bool) = ([], false)
    for line in try lines(Fixture.repository.appending(FilePath(page))) {
      if line.hasPrefix("```") { isInside = line == "```swift" } else if isInside { examples.append(line) }
    }
    #expect(examples.count >= least)
    var rest = try lines(FilePath(#filePath))[...]
    for line in examples {
      let place = rest.firstIndex(of: line)
      #expect(place != nil, "not compiled in this order: \(line)")
      rest = rest[(place.map { $0 + 1 } ?? rest.startIndex)...]
    }
  }

  /// A command of the README and the lines that it is said to print; none are shown in blocks of `sh`.
  private struct ShownCommand {
    let words: String
    var output: [String]?
  }

  /// Commands in the order in which they are shown.
  private func shownCommands() throws -> [ShownCommand] {
    let text = try String(
      contentsOfFile: Fixture.repository.appending(FilePath("README.md")).description, encoding: .utf8)
    var (commands, block): ([ShownCommand], Substring) = ([], "")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        block = block.isEmpty ? line.dropFirst(3) : ""
      } else if block == "console", line.hasPrefix("$ ") {
        commands.append(ShownCommand(words: String(line.dropFirst(2)), output: []))
      } else if block == "console", !commands.isEmpty {
        commands[commands.count - 1].output?.append(String(line))
      } else if block == "sh", line.hasPrefix("gradcam ") {
        commands.append(ShownCommand(words: line.split(separator: "#").first.map(String.init) ?? ""))
      }
    }
    return commands
  }

  /// Compares shown lines with printed ones: `…` stands for any number of lines. Times differ from run to run.
  private func matches(_ shown: [String], _ printed: [String]) -> Bool {
    guard let first = shown.first else { return printed.isEmpty }
    if first == "…" {
      return (0...printed.count).contains { matches(Array(shown.dropFirst()), Array(printed.dropFirst($0))) }
    }
    let timeless = { (line: String) in line.replacing(#/\d+ ms$/#, with: "N ms") }
    guard let next = printed.first, timeless(first) == timeless(next) else { return false }
    return matches(Array(shown.dropFirst()), Array(printed.dropFirst()))
  }

  @Test func `The README's commands print what it shows`() throws {
    let commands = try shownCommands()
    #expect(commands.count >= 8, "\(commands)")
    #expect(commands.count { $0.output != nil } >= 6)
    let folder = Workplace()
    let models = Fixture.repository.appending(FilePath("models")).description
    try FileManager.default.copyItem(atPath: models, toPath: folder.path("models"))
    let hasJQ = try Tool.shell("command -v jq", in: folder).status == 0
    for command in commands where hasJQ || !command.words.hasPrefix("jq ") {
      let outcome = try Tool.shell(command.words, in: folder)
      #expect(outcome.status == 0, "\(command.words): \(outcome.errors)")
      guard let shown = command.output else { continue }
      let printed = outcome.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(matches(shown, printed.last == "" ? printed.dropLast() : printed), "\(command.words): \(printed)")
    }
    #expect(folder.bytes("report/index.html") != nil && folder.bytes("sheet.png") != nil)
  }

  /// Pages that name each other, and files of the repository.
  @Test func `Links lead somewhere`() throws {
    let catalogue = Fixture.repository.appending(FilePath("Sources/GradCAMCore/GradCAMCore.docc"))
    let names = try FileManager.default.contentsOfDirectory(atPath: catalogue.description)
    #expect(names.count > 15)
    let pages = names.map { catalogue.appending(FilePath($0)) } + [Fixture.repository.appending(FilePath("README.md"))]
    for page in pages {
      let text = try String(contentsOfFile: page.description, encoding: .utf8)
      for match in text.matches(of: #/<doc:(\w+)>/#) {
        #expect(names.contains("\(match.1).md"), "\(page): \(match.1)")
      }
      for match in text.matches(of: #/\]\(([^)#:]+)\)/#) {
        let target = page.parent.appending(FilePath(String(match.1)))
        #expect(FileManager.default.fileExists(atPath: target.description), "\(page): \(match.1)")
      }
    }
    let landing = try String(
      contentsOfFile: catalogue.appending(FilePath("GradCAMCore.md")).description, encoding: .utf8)
    for name in names where name != "GradCAMCore.md" {
      #expect(landing.contains("<doc:\(name.dropLast(3))>"), "\(name)")
    }
  }
}
