import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct RecordTests {
  private func map(seed: UInt64? = nil, score: Float = 2.5) -> MapRecord {
    MapRecord(
      method: "gradcam", layer: "resnet_blocks.4", target: TargetRecord(index: 1, label: "PNEUMONIA"), score: score,
      activationShape: [1, 512, 8, 8], mapShape: [8, 8], mapMin: -0.1, mapMax: .infinity, verdict: "ok",
      border: 0.3333333, entropy: 1e-7, seed: seed, output: "a/i.gradcam.png", heatmap: nil,
      digest: MapDigest(Heatmap(width: 1, height: 1, values: [1])))
  }

  private func record(_ image: FilePath, _ map: MapRecord) -> Record {
    .explained(
      ExplanationRecord(
        image: image,
        geometry: CropGeometry(imageWidth: 640, imageHeight: 480, x: 80, y: -0.5, width: 1440 / 7, height: 480),
        prediction: [
          PredictionRecord(index: 1, label: "PNEUMONIA", logit: 0.1, probability: 0.5249792),
          PredictionRecord(index: 0, label: nil, logit: .nan, probability: nil),
        ], maps: [map], milliseconds: 12.25, imageDigest: "aa",
        provenance: Provenance(
          version: "1", model: FilePath("m/w.bin"), modelDigest: nil, preprocess: "half", processor: "x/y", labels: [],
          words: ["--signed"])))
  }

  @Test func `An explanation`() throws {
    let json = try record(FilePath("a/i.jpg"), map()).json()
    #expect(
      json == """
        {"assumed":[],"height":480,"image":"a/i.jpg","image_sha256":"aa","maps":[{"activation_shape":[1,512,8,8],"border":0.3333333,\
        "digest":{"grid":"AACAPw==","grid_shape":[1,1],\
        "sha256":"e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c"},"entropy":1e-07,\
        "heatmap":null,"layer":"resnet_blocks.4","map_max":null,"map_min":-0.1,"map_shape":[8,8],"method":"gradcam",\
        "mode":"for","output":"a/i.gradcam.png","positive_share":null,"score":2.5,"target":{"index":1,"label":"PNEUMONIA"},"verdict":"ok"}],\
        "milliseconds":12.25,"model":"m/w.bin","model_sha256":null,"options":["--signed"],"prediction":[{"index":1,"label":"PNEUMONIA","logit":0.1,\
        "probability":0.5249792},{"index":0,"label":null,"logit":null,"probability":null}],"preprocess":"half",\
        "processor":"x/y","recipe":null,"seen":[80,-0.5,205.71428,480],"version":"1","width":640}
        """)
  }

  @Test func `A map that tells two classes apart, on a fixed scale`() throws {
    var map = map()
    (map.mode, map.against) = ("rather than", TargetRecord(index: 4, label: nil))
    (map.positiveShare, map.scale, map.signed) = (0.25, 2, true)
    let json = try record(FilePath("a"), map).json()
    #expect(json.contains(#""maps":[{"activation_shape":[1,512,8,8],"against":{"index":4,"label":null},"#))
    #expect(
      json.contains(
        #""mode":"rather than","output":"a/i.gradcam.png","positive_share":0.25,"scale":2,"score":2.5,"signed":true,"target""#
      ))
    guard case .explained(let read) = try Record(line: Array(json.utf8)) else { throw InputError("", "has failed") }
    #expect(read.maps[0].mode == "rather than" && read.maps[0].against?.index == 4 && read.missing == [])
    #expect(read.maps[0].positiveShare == 0.25 && read.maps[0].scale == 2 && read.maps[0].signed == true)
    #expect(!json.contains("class_agnostic"))
  }

  @Test func `A map that knows no class`() throws {
    var map = map()
    map.classAgnostic = true
    let json = try record(FilePath("a"), map).json()
    #expect(json.contains(#""class_agnostic":true,"#))
    guard case .explained(let read) = try Record(line: Array(json.utf8)) else { throw InputError("", "has failed") }
    #expect(read.maps[0].classAgnostic == true && read.missing == [])
    let odd = json.replacing(#""class_agnostic":true"#, with: #""class_agnostic":"no""#)
    guard case .explained(let other) = try Record(line: Array(odd.utf8)) else { throw InputError("", "has failed") }
    #expect(other.maps[0].classAgnostic == nil && other.maps[0].missing == ["class_agnostic"])
  }

  @Test func `A failure`() throws {
    let failure = FailureRecord(
      image: FilePath("a.jpg"), error: InputError("a.jpg", "is empty", remedy: "an \"image\""), kind: .damaged)
    #expect(
      try Record.failed(failure).json() == #"{"error":"is empty (an \"image\")","image":"a.jpg","kind":"damaged"}"#)
  }

  @Test func `A name that is not UTF-8 is kept in base 64`() throws {
    let path = FilePath(bytes: [0x61, 0xFF, 0x2F, 0x0A])
    let failure = Record.failed(FailureRecord(image: path, error: InputError("", "is empty"), kind: .unreadable))
    #expect(
      try failure.json() == #"{"error":"is empty","image":"a�/\n","image_base64":"Yf8vCg==","kind":"unreadable"}"#)
    #expect(try record(path, map()).json().contains(#""image_base64":"Yf8vCg==""#))
  }

  @Test func `A seed is there where one was used`() throws {
    #expect(try record(FilePath("a"), map(seed: .max)).json().contains(#""seed":18446744073709551615,"#))
  }

  private static let awkward: [Float] = [
    0.1, 1 / 3, 16_777_216, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, 1e10, 123_456.79,
  ]

  @Test(arguments: awkward) func `Numbers are short and come back`(_ number: Float) throws {
    let json = try record(FilePath("a"), map(score: number)).json()
    let text = try #require(json.split(separator: #""score":"#).last?.split(separator: ",").first)
    #expect(Float(text) == number)
    #expect(text.count <= 14)
  }

  // MARK: - Printing

  private func printed(_ format: ResultFormat, count: Int) throws -> String {
    let output = MemorySink()
    let console = Console(output: output, errors: MemorySink())
    var printer = ResultPrinter(format: format)
    for index in 0..<count {
      let failure = FailureRecord(image: FilePath("\(index)"), error: InputError("", "x"), kind: .noImage)
      try printer.print(.failed(failure), on: console)
    }
    try printer.finish(on: console)
    return output.text
  }

  @Test func `Lines and arrays`() throws {
    let (first, second) = (
      #"{"error":"x","image":"0","kind":"no-image"}"#, #"{"error":"x","image":"1","kind":"no-image"}"#
    )
    #expect(try printed(.jsonLines, count: 0) == "")
    #expect(try printed(.jsonLines, count: 2) == "\(first)\n\(second)\n")
    #expect(try printed(.jsonArray, count: 0) == "[]\n")
    #expect(try printed(.jsonArray, count: 1) == "[\n\(first)\n]\n")
    #expect(try printed(.jsonArray, count: 2) == "[\n\(first),\n\(second)\n]\n")
  }
}
