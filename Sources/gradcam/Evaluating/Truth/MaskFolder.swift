import GradCAMCore
import ModelFormats

/// Where the class is, by masks: a picture of the image's size an image, found by its stem, whose pixels belong where they are not 0.
///
/// An image that was found in a folder's folder has its mask in the folder of that name, or beside the others.
struct MaskFolder: TruthSource {
  let notes: [Message] = []
  private let folder: FilePath
  private let maxPixels: Int
  private let turns: Bool

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
      return mask.isEmpty ? nil : ImageTruth([ImageTruth.Finding(.pixels(mask))])
    } catch { throw error.about("\(path)") }
  }

  private func masks(of image: ImageSource, in folder: FilePath) -> [FilePath] {
    Self.endings.map { folder.appending(FilePath(bytes: image.path.stem.bytes + Array($0.utf8))) }
      .filter { FileStatus($0)?.isRegular ?? false }
  }

  private func read(_ path: FilePath, _ size: ImageSize) throws(InputError) -> TruthBitmap {
    let file = try FileBytes(path: path)
    var options = ImageDecoder.Options(maxPixels: maxPixels, applyOrientation: turns)
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
