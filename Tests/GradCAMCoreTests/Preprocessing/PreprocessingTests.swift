import Foundation
import ModelFormats
import Testing

@testable import GradCAMCore

@Suite struct PreprocessingTests {
  @Test(arguments: ImageFixtures.names("crop/")) func `Crops equal torchvision's`(name: String) throws {
    let slash = try #require(name.firstIndex(of: "/"))
    let specification = try Preprocessing(parsing: String(name[name.index(after: slash)...]))
    let channels = specification.channels == .gray ? 1 : 3
    let preprocessor = try specification.resolved(inputSize: nil, channels: channels)
    let result = try preprocessor.apply(to: ImageFixtures.image(String(name[..<slash])))
    #expect(result.crop == (try ImageFixtures.answer("crop/\(name)").image))
    #expect(result.tensor.shape == Shape(1, channels, result.crop.height, result.crop.width))
  }

  @Test(arguments: ["resize=8,window=0/3000", "resize=8,window=0/3000,bits=8", "resize=8", "resize=8,bits=8"])
  func `What a picture is prepared as and shown as is the same, made together or apart`(_ words: String) throws {
    let preprocessor = try Preprocessing(parsing: words).resolved(inputSize: nil, channels: 3)
    for bytes in [
      try ImageFixtures.bytes("24.bmp", in: "bitmaps"), try ImageFixtures.bytes("deep.npy", in: "bitmaps"),
      try ImageFixtures.bytes("unit-float16.npy", in: "bitmaps"),
    ] {
      let decoded = try ImageDecoder.decode(FileBytes(copying: bytes))
      let (prepared, shown) = try preprocessor.applyAndShow(decoded)
      let alone = try preprocessor.apply(to: decoded)
      #expect(prepared.crop == alone.crop && prepared.tensor.logical() == alone.tensor.logical())
      #expect(shown == preprocessor.shown(decoded))
    }
  }

  @Test(arguments: ImageFixtures.names("tensor/")) func `Tensors equal PyTorch's`(name: String) throws {
    let slash = try #require(name.firstIndex(of: "/"))
    let specification = try Preprocessing(parsing: String(name[name.index(after: slash)...]))
    let preprocessor = try specification.resolved(inputSize: (10, 9), channels: 3)
    let result = try preprocessor.apply(to: ImageFixtures.image(String(name[..<slash])))
    let answer = try ImageFixtures.answer("tensor/\(name)")
    #expect(result.tensor.shape.dimensions == answer.shape)
    #expect(result.tensor.logical() == answer.floats)
  }

  @Test(arguments: ImageFixtures.names("deep/"))
  func `Samples of more than 8 bits are resized as Pillow resizes floats`(name: String) throws {
    let slash = try #require(name.firstIndex(of: "/"))
    let specification = try Preprocessing(parsing: String(name[name.index(after: slash)...]))
    let answer = try ImageFixtures.answer("deep/\(name)")
    let channels = specification.channels == .gray ? 1 : 3
    let preprocessor = try specification.resolved(inputSize: nil, channels: channels)
    let decoded = try ImageDecoder.decode(ImageFixtures.file(String(name[..<slash])))
    let result = try preprocessor.apply(to: decoded)
    #expect(result.tensor.shape == Shape(1, channels, 8, 8))
    let (seen, planes) = (result.tensor.logical(), answer.shape[1])
    for channel in 0..<channels {
      for place in 0..<64 {
        let wanted = answer.floats[min(channel, planes - 1) * 64 + place]
        #expect(abs(seen[channel * 64 + place] - wanted) <= 255e-6, "channel \(channel), place \(place)")
        let level = Float(result.crop.samples[place * channels + channel])
        #expect(abs(level - max(0, min(255, wanted))) <= 0.501)
      }
    }
  }

  @Test func `With bits=8 the upper 8 bits are an 8-bit picture`() throws {
    for name in ["full-16.png", "low-12-sbit.png", "rgb-16.png", "deep-4095.pgm"] {
      let decoded = try ImageDecoder.decode(ImageFixtures.file(name))
      for bits in ["bits=8", "bits=8,pillow=12"] {
        let preprocessor = try Preprocessing(parsing: "raw,resize=9x8,crop=8,\(bits)").resolved(
          inputSize: nil, channels: 3)
        let (deep, plain) = (try preprocessor.apply(to: decoded), try preprocessor.apply(to: decoded.image))
        #expect(deep.crop == plain.crop && deep.tensor.logical() == plain.tensor.logical(), "\(name)")
        #expect(preprocessor.shown(decoded) == decoded.image)
      }
    }
  }

  @Test func `What is drawn on is what the model sees`() throws {
    let decoded = try ImageDecoder.decode(ImageFixtures.file("low-12.png"))
    func brightest(_ text: String) throws -> UInt8? {
      try Preprocessing(parsing: "unit,resize=none,crop=none,\(text)").resolved(inputSize: nil, channels: 3).shown(
        decoded
      ).samples.max()
    }
    // Its brightest sample is 2426.
    #expect(try brightest("bits=auto") == 9)
    #expect(try brightest("bits=12") == 151)
    #expect(try brightest("window=0/4852") == 128)
    #expect(try brightest("window=0/2000") == 255)
  }

  @Test func `A picture that leaves its upper bits alone is told`() throws {
    func use(_ name: String, _ text: String = "unit") throws -> Preprocessor.PartialUse? {
      try Preprocessing(parsing: "\(text),resize=8,crop=8").resolved(inputSize: nil, channels: 3).partialUse(
        of: ImageDecoder.decode(ImageFixtures.file(name)))
    }
    let low = try #require(try use("low-12.png"))
    #expect((low.bits, low.largest, low.white) == (12, 2426, 4095))
    #expect(try use("low-12.png", "unit,bits=8")?.white == 4095)
    for quiet in ["unit,bits=12", "unit,bits=16", "unit,window=0/4095"] { #expect(try use("low-12.png", quiet) == nil) }
    for name in ["full-16.png", "low-12-sbit.png", "high-12-sbit.png", "deep-4095.pgm", "rgb-8.png", "baseline.jpg"] {
      #expect(try use(name) == nil, "\(name)")
    }
    let dark = Array("P5 2 2 65535 ".utf8) + [0, 1, 3, 255, 0, 9, 0, 0]
    let small = try ImageDecoder.decode(FileBytes(copying: dark))
    let preprocessor = try Preprocessing(parsing: "unit,resize=8,crop=8").resolved(inputSize: nil, channels: 3)
    let found = try #require(preprocessor.partialUse(of: small))
    #expect((found.bits, found.largest) == (10, 1023))
    // A top bit alone is no sign.
    let half = try ImageDecoder.decode(FileBytes(copying: Array("P5 1 1 65535 ".utf8) + [127, 255]))
    #expect(preprocessor.partialUse(of: half) == nil)
  }

  @Test func `A chunk that may mean the lower bits is doubted`() throws {
    let preprocessor = try Preprocessing(parsing: "unit,resize=8,crop=8").resolved(inputSize: nil, channels: 3)
    func use(_ samples: [UInt16], bits: Int) -> Preprocessor.PartialUse? {
      let image = DeepImage(
        width: samples.count, height: 1, channels: 1, samples: samples, most: 65535,
        significance: SampleSignificance(bits: [bits], of: samples))
      return preprocessor.partialUse(of: DecodedImage(.deep(image)))
    }
    let low = (0..<2000).map { UInt16($0 * 2 + 1) }
    let shifted = (0..<241).map { UInt16($0 * 16) }
    #expect(use(low, bits: 12) == nil)
    #expect(use(shifted, bits: 12) == .init(bits: 12, largest: 3840))
    #expect(use(low + [5000], bits: 12) == .init(bits: 12, largest: 5000))
    #expect(use(low + Array(repeating: 5000, count: 100), bits: 12) == nil)
    #expect(use(shifted + [4096], bits: 12) == nil)
    #expect(use(shifted, bits: 15) == nil)
  }

  @Test func `A window that fits a picture is no misfit`() throws {
    func misfit(_ samples: [UInt8], _ text: String) throws -> Preprocessor.Misfit? {
      let preprocessor = try Preprocessing(parsing: "unit,resize=8,crop=8,\(text)").resolved(
        inputSize: nil, channels: 3)
      let image = Image(width: samples.count, height: 1, channels: 1, samples: samples)
      return preprocessor.misfit(of: DecodedImage(image))?.misfit
    }
    let samples = Array(UInt8(0)...99)
    for quiet in ["bits=auto", "bits=12", "window=0/99", "window=93/99", "window=0/50", "window=-50/255"] {
      #expect(try misfit(samples, quiet) == nil, "\(quiet)")
    }
    #expect(try misfit(samples, "window=0/256") == .dark(most: 255))
    #expect(try misfit(samples, "window=94/99") == .black(share: 0.95))
    #expect(try misfit(samples, "window=0/49") == .white(share: 0.5))
  }

  @Test func `A record without the keys is of Pillow 12 and 8 bits`() throws {
    let old = try Preprocessing(recorded: "resize=256,crop=224,interpolation=bilinear,scale=255,mean=0,std=1")
    #expect(old.pillow == .twelve && old.bits == .eight)
    for text in ["half", "half,pillow=12", "half,bits=8", "half,bits=10,window=-5.5/300"] {
      let specification = try Preprocessing(parsing: text)
      #expect(try Preprocessing(recorded: specification.recorded) == specification)
    }
    #expect(try Preprocessing(parsing: "half").recorded.hasSuffix(",bits=auto,pillow=13"))
    let file = try JSONDecoder().decode(Preprocessing.self, from: Data(#"{"resize": 256}"#.utf8))
    #expect(file.pillow == .newest && file.bits == .auto && file.window == nil)
  }

  @Test func `What is left open is the model's`() throws {
    let square = try Preprocessing().resolved(inputSize: (224, 224), channels: 1).specification
    #expect(square.description == "resize=224,crop=224,interpolation=bilinear,channels=gray,scale=255,mean=0,std=1")
    let wide = try Preprocessing(parsing: "imagenet,crop=none,resize=8x9").resolved(inputSize: (8, 9), channels: 3)
    #expect(wide.specification.crop == Preprocessing.Crop.none)
    let oblong = try Preprocessing(parsing: "half,resize=none,crop=8x9").resolved(inputSize: nil, channels: 3)
    #expect(oblong.specification.mean == [0.5, 0.5, 0.5])
    let free = try Preprocessing(parsing: "resize=32").resolved(inputSize: nil, channels: 3).specification
    #expect(free.crop == .size(height: 32, width: 32))
    #expect(
      try Preprocessing().resolved(inputSize: (10, 20), channels: 3).specification.resize
        == .size(height: 10, width: 20))
  }

  @Test func `What the model cannot take is refused`() throws {
    func problem(_ text: String, _ size: (Int, Int)?, _ channels: Int) throws -> String {
      try inputError {
        _ = try Preprocessing(parsing: text).resolved(
          inputSize: size.map { (height: $0.0, width: $0.1) }, channels: channels)
      }.description
    }
    #expect(
      try problem("imagenet", (256, 256), 3)
        == "preprocess: makes 224×224 images, and the model takes 256×256 (crop=256x256)")
    #expect(
      try problem("channels=rgb", (8, 8), 1)
        == "preprocess: channels=rgb makes 3, and the model takes 1 (channels=gray)")
    #expect(try problem("imagenet", (224, 224), 1).contains("mean has 3 values, and the model takes 1 channels"))
    #expect(try problem("half", nil, 4).contains("takes 4 channels"))
    #expect(try problem("unit", nil, 3).contains("images of any size"))
    #expect(try problem("crop=65536", nil, 3).contains("too large"))
  }

  @Test(
    arguments: [
      "imagenet", "half", "imagenet-squash", "unit", "tf", "caffe", "raw", "imagenet,crop=256",
      "resize=256x320,crop=none,interpolation=bicubic,antialias=off,channels=bgr,scale=127.5,mean=1,std=0.5/0.25/1",
      "resize=none,crop=30x20", "half,window=0/4095", "half,window=-0.5/1e3,bits=8,pillow=12", "half,bits=9",
      "half,window=none,bits=auto,pillow=13", "half,crop-rounding=down", "resize=cover:20x30,crop=20x30",
      "resize=contain:30x30,crop=32,border=1/2/3,interpolation=lanczos",
    ])
  func `Specifications are read back as written`(text: String) throws {
    let specification = try Preprocessing(parsing: text)
    #expect(try Preprocessing(parsing: specification.description) == specification)
    let json = try JSONEncoder().encode(specification)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == specification)
  }

  @Test(
    arguments: [
      ("imagnet", "has no preset \"imagnet\" (did you mean imagenet?)"),
      ("imagenet,cop=3", "has no key \"cop\" (did you mean crop?)"),
      ("resize", "has no preset \"resize\" (did you mean resize=?)"),
      ("crop=3,imagenet", "has the preset imagenet behind other parts (it comes first)"),
      ("half,oops", "has the part \"oops\" without a value (imagenet,crop=256 is right)"),
      ("", "has an empty part (imagenet,crop=256 is right)"),
      ("crop=3,crop=4", "sets crop twice"),
      ("crop=0", "crop=0 is no size (224, 256x320 (height × width) or none; at most 65536)"),
      ("crop=3x4x5", "crop=3x4x5 is no size (224, 256x320 (height × width) or none; at most 65536)"),
      ("resize=-3", "resize=-3 is no size (224, 256x320 (height × width) or none; at most 65536)"),
      (
        "resize=99999999999999999999",
        "resize=99999999999999999999 is no size "
          + "(224, 256x320 (height × width) or none; at most 65536)"
      ),
      (
        "interpolation=cubic",
        "interpolation=cubic is unknown (one of nearest, bilinear, bicubic, box, hamming, lanczos)"
      ),
      ("resize=cover:", "resize=cover: is no size (224, 256x320 (height × width) or none; at most 65536)"),
      ("resize=contain:none", "resize=contain:none is no size (224, 256x320 (height × width) or none; at most 65536)"),
      ("border=256", "border=256 is no colour"), ("border=1/2", "border=1/2 is no colour"),
      ("crop-rounding=up", "crop-rounding=up is unknown (one of even, down)"),
      ("antialias=yes", "antialias=yes is unknown (one of on, off)"),
      ("scale=0", "scale=0.0 divides nothing"),
      ("std=1/0/1", "std=0.0 divides nothing"),
      ("mean=1/x", "mean=x is no number"),
      ("mean=nan", "mean=nan is no number"),
      ("window=0/0", "window=0/0 has no width (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("window=9/3", "window=9/3 has no width (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("window=4095", "window=4095 is no pair of numbers (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("window=0/x", "window=0/x is no pair of numbers (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("window=nan/1", "window=nan/1 has an end that is no number (LOW/HIGH, the lower first, as 0/4095; or none)"),
      ("bits=7", "bits=7 is unknown (auto, 8, or 9 to 16)"), ("bits=17", "bits=17 is unknown (auto, 8, or 9 to 16)"),
      ("pillow=11", "pillow=11 is unknown (one of 12, 13)"),
    ])
  func `Bad specifications say what would be right`(text: String, problem: String) throws {
    let error = try inputError { _ = try Preprocessing(parsing: text) }
    #expect(error.description == "preprocess: \(problem)")
  }

  @Test(
    arguments: [
      #"{"resize": 0}"#, #"{"crop": "3x"}"#, #"{"std": [0]}"#, #"{"mean": []}"#, #"{"scale": -1}"#,
      #"{"interpolation": "cubic"}"#, #"{"mean": "x"}"#, #"{"window": "3/3"}"#, #"{"bits": "7"}"#, #"{"pillow": 11}"#,
      #"{"crop-rounding": "up"}"#, #"{"border": [300]}"#, #"{"resize": "cover:0x3"}"#,
    ])
  func `Bad JSON is refused`(text: String) {
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8)) }
  }

  @Test func `JSON takes plain numbers for sizes`() throws {
    let text = #"{"resize": 256, "crop": 224, "mean": [0.5]}"#
    let specification = try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    #expect(specification == (try Preprocessing(parsing: "resize=256,crop=224,mean=0.5")))
  }

  @Test func `The crop's rectangle in the image`() throws {
    func geometry(_ text: String, _ width: Int, _ height: Int) throws -> CropGeometry {
      let image = Image(width: width, height: height, filledWith: [9, 9, 9])
      return try Preprocessing(parsing: text).resolved(inputSize: nil, channels: 3).apply(to: image).geometry
    }
    #expect(
      try geometry("resize=20,crop=10", 80, 40)
        == CropGeometry(imageWidth: 80, imageHeight: 40, x: 30, y: 10, width: 20, height: 20))
    #expect(
      try geometry("resize=none,crop=10x12", 5, 40)
        == CropGeometry(imageWidth: 5, imageHeight: 40, x: -3, y: 15, width: 12, height: 10))
  }

  @Test func `Long strips cost what their crop costs, or are refused`() throws {
    let strip = Image(width: 1, height: 100_000, channels: 1, samples: (0..<100_000).map { UInt8($0 & 255) })
    for kernel in Interpolation.allCases {
      let specification = try Preprocessing(parsing: "resize=256,crop=224,interpolation=\(kernel.rawValue)")
      let crop = try specification.resolved(inputSize: nil, channels: 3).apply(to: strip).crop
      #expect((crop.width, crop.height) == (224, 224))
    }
    let whole = try Preprocessing(parsing: "resize=256,crop=none").resolved(inputSize: nil, channels: 3)
    let error = try inputError { _ = try whole.apply(to: strip) }
    #expect(
      error.description
        == "is 1×100000 pixels large and would become 256×25600000 (choose another preprocess resize)")
  }
}
