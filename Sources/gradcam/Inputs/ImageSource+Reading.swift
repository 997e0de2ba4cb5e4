import Glibc
import GradCAMCore
import ModelFormats

extension ImageSource {
  /// The image's file. A pipe or a terminal is waited for until the run is asked to stop.
  ///
  /// Whoever has used the bytes asks `FileBytes.requireUnchanged` before anything comes of it: large files are mapped.
  func read(_ stop: StopRequest) throws(InputError) -> FileBytes {
    let limit = 1 << 29
    func isReady(_ descriptor: Int32) -> Bool { stop.canRead(descriptor, waits: true) }
    if path.isDash { return try FileBytes(descriptor: STDIN_FILENO, limit: limit, isReady: isReady) }
    // A pipe that nobody writes to would be waited for while it is opened, where no signal can end the wait.
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      let reason = describe(errno)
      // The system speaks of a device that is not there.
      let isSocket = FileStatus(path).map { $0.kind == "a socket" } ?? false
      throw InputError("\(path)", isSocket ? "is a socket" : "\(reason)")
    }
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, O_RDONLY)
    do { return try FileBytes(descriptor: descriptor, limit: limit, isReady: isReady) } catch {
      throw error.about("\(path)")
    }
  }
}

extension Options {
  /// Decodes an image as the options say.
  ///
  /// - Parameters:
  ///   - leastSize: the least size that the model sees all of.
  ///   - admit: called before memory is taken for the samples; see `ImageDecoder.Options`.
  func decode(
    _ file: FileBytes, leastSize: @escaping @Sendable (ImageSize) -> ImageSize,
    admit: @escaping @Sendable (PictureExtent) throws(InputError) -> Void
  ) throws(InputError) -> DecodedImage {
    var decoding = decoding
    decoding.admit = admit
    // The whole image is drawn on at its own size, so it is needed whole.
    if inputs.isDecodedFast && look.canvas == .input { decoding.leastSize = leastSize }
    return try ImageDecoder.decode(file, options: decoding)
  }
}
