import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct UsageErrorTests {
  @Test func `Standard input and output are used once`() {
    #expect(explainComplaint("-", "-") == "gradcam: -: is named twice, but standard input holds one image")
    #expect(
      explainComplaint("-", "--files-from", "-")
        == "gradcam: -: standard input cannot be an image and the list of --files-from (one of the two)")
    #expect(explainComplaint("--json", "--jsonl") == "gradcam: --json: cannot be given with --jsonl (one of the two)")
    #expect(
      explainComplaint("-o-", "--json")
        == "gradcam: --output: - and --json both write to standard output (name a file)")
    #expect(
      explainComplaint("-o-", "--jsonl")
        == "gradcam: --output: - and --jsonl both write to standard output (name a file)")
    #expect(explainComplaint("--dump=-") == "gradcam: --dump: cannot be written to standard output (name a file)")
    #expect(
      explainComplaint("-0")
        == "gradcam: --null: says how a list is separated, but there is none (--files-from FILE)")
  }

  @Test(arguments: [
    (["b.jpg"], "images"), (["-m", "fem,cam"], "methods"), (["-l", "a", "-l", "b"], "layers"),
    (["-t1", "-t2"], "targets"),
    (["-t", "top5"], "targets"), (["-t", "all"], "targets"),
  ])
  func `One file for several`(_ words: [String], _ what: String) {
    func refusal(_ more: String...) -> String {
      do { return "\(try explain(words + more))" } catch { return "\(error)" }
    }
    #expect(refusal("-o", "x.png") == "--output: names one file, but several \(what) make several (--output-dir DIR)")
    #expect(
      refusal("--dump", "x")
        == "--dump: holds one image, method, layer and target, but there are several \(what) (one at a time)")
    let placeholder = what == "images" ? "stem" : String(what.dropLast())
    #expect(
      refusal("--heatmap", "x.npy")
        == "--heatmap: several \(what) would write one file ({\(placeholder)} in its name)")
    #expect(throws: Never.self) { try explain(words + ["--heatmap", "x{\(placeholder)}.npy"]) }
  }

  @Test func `The same thing asked for twice is one`() throws {
    let options = try explain("-o", "x.png", "-m", "fem,fem", "-l", "b", "-l", "b", "-t", "1", "-t", "1")
    #expect(
      options.maps.methods.map(\.name) == ["fem"] && options.maps.layers == ["b"] && options.maps.targets == [.index(1)]
    )
  }

  @Test func `A folder counts by its images`() throws {
    let names = OutputNames(try explain("-o", "x.png"), weights: FilePath("w.bin"))
    #expect(throws: Never.self) { try names.check(imageCount: 1) }
    #expect(throws: InputError.self) { try names.check(imageCount: 2) }
  }
}
