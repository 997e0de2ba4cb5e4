import GradCAMCore
import ModelFormats

/// Reads the picture files that records name, at no more than the size at which they are shown.
struct PictureReader: Sendable {
  /// A picture that could be read.
  struct Found {
    /// All of it, or the same smaller, with the levels that the model saw.
    let image: Image
    /// The size of the file's picture.
    let size: ImageSize
    /// Whether a browser would show the file with these levels.
    let isOwn: Bool
  }

  private let budget = MemoryBudget(.now())

  /// What `use` makes of a picture; nil where the file cannot be decoded.
  ///
  /// - Parameters:
  ///   - thumbnail: how it is shown.
  ///   - specification: how the picture's samples were read; nil where that is not known.
  ///   - decoding: what the run read of the file.
  /// - Throws: what `use` throws.
  func read<Result>(
    _ file: FileBytes, _ thumbnail: Thumbnail, readAs specification: Preprocessing?, _ decoding: ImageDecoder.Options,
    _ use: (Found) throws(InputError) -> Result
  ) throws(InputError) -> Result? {
    let claim = MemoryClaim(budget)
    defer { claim.release() }
    var decoding = decoding
    decoding.leastSize = thumbnail.leastSize
    decoding.admit = { (extent) throws(InputError) in
      // The picture in 8 bits, too, and what is cut out of it.
      try claim.take(MemoryNeed(filled: extent.decodingBytes + 2 * extent.bytes), "showing it takes")
    }
    guard let decoded = try? ImageDecoder.decode(file, options: decoding), (try? file.requireUnchanged()) != nil else {
      return nil
    }
    return try use(
      Found(
        image: specification.map { decoded.shown(as: $0) } ?? decoded.image,
        size: decoded.reduction?.original ?? decoded.size,
        isOwn: specification.map { !decoded.isShownOtherwise(by: $0) } ?? true))
  }
}
