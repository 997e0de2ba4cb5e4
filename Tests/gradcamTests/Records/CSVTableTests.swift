import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct CSVTableTests {
  private let header =
    "image,width,height,class,label,probability,method,layer,target,target_label,score,map_min,map_max,verdict,border,"
    + "entropy,output,heatmap,milliseconds,error,kind,mode,against,positive_share,damaged,activation,activation_source\r\n"

  @Test func `A failure is a row of its own`() {
    let failure = FailureRecord(image: FilePath("a,\"b\".jpg"), error: InputError("", "is\r\nodd"), kind: .damaged)
    #expect(CSVTable.header == header)
    #expect(
      CSVTable.rows(of: .failed(failure)) == "\"a,\"\"b\"\".jpg\",,,,,,,,,,,,,,,,,,,\"is\r\nodd\",damaged,,,,,,\r\n")
  }

  @Test func `A row a map`() {
    func map(_ method: String) -> MapRecord {
      MapRecord(
        method: method, layer: "l", target: TargetRecord(index: 1, label: "cat, big"), mode: "rather than",
        against: TargetRecord(index: 2, label: nil), score: .nan,
        activationShape: [1, 2, 3, 3], mapShape: [3, 3], mapMin: -0.5, mapMax: 2, positiveShare: 1, verdict: "ok",
        border: 0.25,
        entropy: .infinity, output: "o.png", heatmap: nil,
        digest: MapDigest(Heatmap(width: 1, height: 1, values: [0])))
    }
    let record = ExplanationRecord(
      image: FilePath("i.jpg"),
      geometry: CropGeometry(imageWidth: 4, imageHeight: 5, x: 0, y: 0, width: 4, height: 5),
      prediction: [PredictionRecord(index: 1, label: nil, logit: 0, probability: 0.5)], maps: [map("a"), map("b")],
      milliseconds: 1.5, imageDigest: "",
      provenance: Provenance(
        version: "", model: FilePath("w"), modelDigest: nil, preprocess: "", processor: "", labels: [], words: []))
    var explained = record
    (explained.activation, explained.activationSource) = ("softmax", "assumed")
    func row(_ method: String) -> String {
      "i.jpg,4,5,1,,0.5,\(method),l,1,\"cat, big\",,-0.5,2.0,ok,0.25,,o.png,,1.5,,,rather than,class 2,1.0,,softmax,assumed\r\n"
    }
    #expect(CSVTable.rows(of: .explained(explained)) == row("a") + row("b"))
    var damaged = record
    damaged.tell([InputError("", "is damaged: it ends")], isDamaged: true)
    #expect(CSVTable.rows(of: .explained(damaged)).split(separator: "\r\n").allSatisfy { $0.hasSuffix(",true,,") })
  }

  private static let formulas = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]

  @Test(arguments: formulas) func `A text that would be a formula gets an apostrophe`(_ text: String) throws {
    let failure = FailureRecord(image: FilePath(text), error: InputError("", "\(text)"), kind: .damaged)
    let cell = CSVTable.rows(of: .failed(failure)).prefix { $0 != "," }
    #expect(cell == "'\(text)" || cell == "\"'\(text)\"")
    #expect(CSVTable.rows(of: .failed(failure)).contains(",\(cell),damaged,"))
    #expect(try Record.failed(failure).json().contains("\"image\":\"\(try encodedJSON(text).dropFirst())"))
  }

  @Test func `Texts that begin otherwise stay, and so do numbers`() {
    let failure = FailureRecord(image: FilePath("a=-1"), error: InputError("", "'=1"), kind: .damaged)
    #expect(CSVTable.rows(of: .failed(failure)) == "a=-1,,,,,,,,,,,,,,,,,,,'=1,damaged,,,,,,\r\n")
  }
}
