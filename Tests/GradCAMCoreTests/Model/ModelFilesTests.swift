import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Model files that somebody changes, replaces or removes while the model is used.
@Suite struct ModelFilesTests {
  private struct Place {
    let path: FilePath
    let bytes: [UInt8]

    /// Writes the file, of an hour ago: changes within one tick of the file system's clock have the same time.
    func write(_ bytes: [UInt8], at path: FilePath) throws {
      try AtomicFile.write(bytes, to: path)
      let time = timespec(tv_sec: Glibc.time(nil) - 3600, tv_nsec: 0)
      #expect(utimensat(AT_FDCWD, "\(path)", [time, time], 0) == 0)
    }

    /// Writes into the file itself.
    func overwrite(at offset: Int, with byte: UInt8) {
      let descriptor = open("\(path)", O_WRONLY)
      #expect(pwrite(descriptor, [byte], 1, off_t(offset)) == 1)
      close(descriptor)
    }

    func load(knowsDigest: Bool = true) throws -> Model {
      let file = try FileBytes(mapping: path)
      let model = try Model.load(opened: file)
      if knowsDigest { model.expect(digest: try ModelDigest.sha256(of: file, isTrusting: false)) }
      return model
    }
  }

  private func withModel(_ body: (Place) throws -> Void) throws {
    let path = FilePath("/tmp/gradcam-files-\(UInt64.random(in: 0 ... .max)).bin")
    defer { unlink("\(path)") }
    let demo = try FileBytes(path: Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let place = Place(path: path, bytes: withExtendedLifetime(demo) { Array(demo.bytes) })
    try place.write(place.bytes, at: path)
    try body(place)
  }

  @Test func `A file that nobody touches is what was loaded`() throws {
    try withModel { place in
      for knowsDigest in [false, true] { try place.load(knowsDigest: knowsDigest).requireIntact() }
    }
  }

  @Test(arguments: [false, true]) func `A byte that is changed in place`(_ knowsDigest: Bool) throws {
    try withModel { place in
      let model = try place.load(knowsDigest: knowsDigest)
      place.overwrite(at: place.bytes.count - 1, with: place.bytes[place.bytes.count - 1] ^ 1)
      for _ in 0..<2 {
        let error = #expect(throws: InputError.self) { try model.requireIntact() }
        #expect(error?.description == "\(place.path): changed while it was in use")
      }
    }
  }

  @Test func `A change that hides behind the old time`() throws {
    try withModel { place in
      let model = try place.load()
      var status = stat()
      #expect(stat("\(place.path)", &status) == 0)
      place.overwrite(at: place.bytes.count - 1, with: place.bytes[place.bytes.count - 1] ^ 1)
      #expect(utimensat(AT_FDCWD, "\(place.path)", [status.st_atim, status.st_mtim], 0) == 0)
      #expect(throws: InputError.self) { try model.requireIntact() }
    }
  }

  @Test func `The same bytes written again, or touched, are no change where the digest is known`() throws {
    try withModel { place in
      let (model, unknown) = (try place.load(), try place.load(knowsDigest: false))
      place.overwrite(at: 9, with: place.bytes[9])
      #expect(utimensat(AT_FDCWD, "\(place.path)", nil, 0) == 0)
      for _ in 0..<2 { try model.requireIntact() }
      #expect(throws: InputError.self) { try unknown.requireIntact() }
    }
  }

  @Test(arguments: [false, true]) func `Other permissions and names are no change`(_ knowsDigest: Bool) throws {
    try withModel { place in
      let model = try place.load(knowsDigest: knowsDigest)
      #expect(chmod("\(place.path)", 0o444) == 0)
      try model.requireIntact()
      #expect(link("\(place.path)", "\(place.path).link") == 0 && unlink("\(place.path).link") == 0)
      try model.requireIntact()
    }
  }

  @Test func `A file that is cut short`() throws {
    try withModel { place in
      let model = try place.load()
      #expect(truncate("\(place.path)", 5000) == 0)
      let explainer = try Explainer(model)
      let image = Image(width: 64, height: 64, channels: 1, samples: [UInt8](repeating: 99, count: 64 * 64))
      let error = #expect(throws: InputError.self) { try explainer.explain(image) }
      #expect(error?.subject.description == "\(place.path)")
    }
  }

  @Test func `Another file under the name`() throws {
    try withModel { place in
      let model = try place.load()
      try place.write(place.bytes, at: place.path)
      for _ in 0..<2 { try model.requireIntact() }
      try place.write(place.bytes.dropLast() + [7], at: place.path)
      let error = #expect(throws: InputError.self) { try model.requireIntact() }
      #expect(error?.description == "\(place.path): was replaced by another file while it was in use")
    }
  }

  @Test func `A file without a name is whole, until another takes its name`() throws {
    try withModel { place in
      let model = try place.load()
      #expect(unlink("\(place.path)") == 0)
      for _ in 0..<2 { try model.requireIntact() }
      try place.write([1, 2, 3], at: place.path)
      #expect(throws: InputError.self) { try model.requireIntact() }
    }
  }

  @Test func `The digest is the opened file's, not that of the file that took its name`() throws {
    try withModel { place in
      let file = try FileBytes(mapping: place.path)
      try place.write([1, 2, 3], at: place.path)
      #expect(try ModelDigest.sha256(of: file) == SHA256.digest(of: place.bytes))
    }
  }

  @Test func `A model in memory does not change`() throws {
    try withModel { place in
      let model = try Model.load(FileBytes(copying: place.bytes))
      unlink("\(place.path)")
      try model.requireIntact()
    }
  }

  @Test func `Data beside an ONNX model count as the model`() throws {
    let folder = FilePath("/tmp/gradcam-data-\(UInt64.random(in: 0 ... .max))")
    #expect(mkdir("\(folder)", 0o755) == 0)
    let (model, data) = (folder.appending(FilePath("m.onnx")), folder.appending(FilePath("m.data")))
    defer { _ = (unlink("\(model)"), unlink("\(data)"), rmdir("\(folder)")) }
    let numbers = Float(2).bitPattern.littleEndian
    let place = Place(path: data, bytes: withUnsafeBytes(of: numbers, Array.init))
    try place.write(place.bytes, at: data)
    let nodes: [Wire] = [
      .node("", "Conv", ["x", "w"], ["c"]), .node("", "GlobalAveragePool", ["c"], ["p"]),
      .node("", "Flatten", ["p"], ["y"]),
    ]
    let graph = Wire.graph(
      nodes, inputs: [.value("x", [1, 1, 4, 4])], outputs: [.value("y", [1, 1])],
      initializers: [.external("w", [1, 1, 1, 1], ["location": "m.data"])])
    try place.write(Wire.model(graph).bytes, at: model)
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    let loaded = try Model.load(model, overrides)
    try loaded.requireIntact()
    let digest = try #require(try loaded.dataDigest())
    #expect(try digest == ModelDigest.sha256(of: place.path))
    // Another time of the same bytes is no change once the digest is known.
    let time = timespec(tv_sec: Glibc.time(nil) - 60, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, "\(place.path)", [time, time], 0) == 0)
    try loaded.requireIntact()
    place.overwrite(at: 3, with: 0x3F)
    let error = #expect(throws: InputError.self) { try loaded.requireIntact() }
    #expect(error?.subject.description.hasSuffix("/m.data") == true)
  }
}
