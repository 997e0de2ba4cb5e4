import GradCAMCore
import ModelFormats
import Synchronization

/// Where the class is, by masks: a picture of the image's size an image, found by its stem, whose pixels belong where they are not 0.
/// Those of a PNG's palette go by their index, which is 0 in the background, and transparent ones belong to nothing.
///
/// An image that was found in a folder's folder has its mask in the folder of that name, or beside the others.
struct MaskFolder: TruthSource {
  let notes: [Message] = []
  let isNameless = true
  private let folder: FilePath
  private let maxPixels: Int
  private let turns: Bool
  private let wholes = WholeMasks()

  /// The share of an image from which on a mask is more likely turned round, or no mask.
  private static let suspicious = 0.95

  private static let endings = [".png", ".jpg", ".jpeg", ".bmp", ".npy"].flatMap { [$0, $0.uppercased()] }

  /// - Throws: `InputError` naming the folder: not readable, no folder, with nothing that could be a mask.
  init(_ folder: FilePath, _ decoding: ImageDecoder.Options) throws(InputError) {
    if FileStatus(folder) != nil, !folder.isFolder {
      throw InputError("\(folder)", "is no folder", remedy: "a folder of masks; --boxes takes a file of boxes")
    }
    let names = try FolderNames(in: folder)
    let holdsMasks = (0..<names.count).contains { index in
      let (name, kind) = names[index]
      return kind == .folder || Self.endings.contains { name.description.hasSuffix($0) }
    }
    guard holdsMasks else {
      throw InputError("\(folder)", "holds no mask", remedy: "pictures called like the images: PNG, JPEG, BMP or npy")
    }
    (self.folder, maxPixels, turns) = (folder, decoding.maxPixels, decoding.applyOrientation)
  }

  func truth(of image: ImageSource, size: ImageSize) throws(InputError) -> ImageTruth? {
    let beside = image.folder.bytes.isEmpty ? [] : masks(of: image, in: folder.appending(image.folder))
    let found = beside.isEmpty ? masks(of: image, in: folder) : beside
    guard let path = found.first else { return nil }
    guard found.count == 1 else {
      throw InputError("\(path)", "is one of \(found.count) masks of its image", remedy: "one mask an image")
    }
    do throws(InputError) {
      let mask = try read(path, size)
      if mask.share > Self.suspicious { wholes.add(path) }
      return mask.isEmpty ? nil : ImageTruth([ImageTruth.Finding(.pixels(mask))])
    } catch { throw error.about("\(path)") }
  }

  func marks(_ image: ImageSource) -> Bool {
    let beside = image.folder.bytes.isEmpty ? [] : masks(of: image, in: folder.appending(image.folder))
    return !(beside.isEmpty ? masks(of: image, in: folder) : beside).isEmpty
  }

  var remarks: [Message] {
    guard let (count, first) = wholes.found else { return [] }
    let name = first.lastComponent.description.printable.clipped(to: 80)
    let who: Message = count == 1 ? "1 mask marks" : "\(count.grouped) masks mark"
    return ["\(who) more than 95 % of the image, as \(name) does: is what belongs to the class not 0, and all else 0?"]
  }

  func absence(_ images: Int) -> Message { "none of \(images.grouped) images has a mask in \(folder)" }

  private func masks(of image: ImageSource, in folder: FilePath) -> [FilePath] {
    Self.endings.map { folder.appending(FilePath(bytes: image.path.stem.bytes + Array($0.utf8))) }
      .filter { FileStatus($0)?.isRegular ?? false }
  }

  private func read(_ path: FilePath, _ size: ImageSize) throws(InputError) -> TruthBitmap {
    let file = try FileBytes(path: path)
    var options = ImageDecoder.Options(maxPixels: maxPixels, applyOrientation: turns)
    options.isMask = true
    // Before memory is taken for a picture of another size.
    options.admit = { (extent) throws(InputError) in
      let turned = ImageSize(width: extent.whole.height, height: extent.whole.width)
      if extent.whole != size, !extent.isTurned || turned != size { throw TruthFiles.misfit(extent.whole, size) }
    }
    let isLossy: Bool
    if case .jpeg = ImageFormat(file.bytes) { isLossy = true } else { isLossy = false }
    let decoded = try ImageDecoder.decode(file, options: options)
    try file.requireUnchanged()
    if decoded.isDamaged { throw InputError("", decoded.warning.map { "\($0)" } ?? "is damaged") }
    guard decoded.size == size else { throw TruthFiles.misfit(decoded.size, size) }
    return TruthBitmap(decoded, isLossy: isLossy)
  }
}

/// Masks that mark nearly all of their images.
private final class WholeMasks: Sendable {
  private let state = Mutex<(count: Int, first: FilePath)?>(nil)

  /// How many there are, and the first by name: whichever image is read first.
  var found: (count: Int, first: FilePath)? { state.withLock { $0 } }

  func add(_ path: FilePath) {
    state.withLock { state in
      let old = state ?? (0, path)
      state = (old.count + 1, path.bytes.lexicographicallyPrecedes(old.first.bytes) ? path : old.first)
    }
  }
}
