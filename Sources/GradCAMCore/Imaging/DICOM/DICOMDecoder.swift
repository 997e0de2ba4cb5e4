import ModelFormats

/// Reads pictures of DICOM files (PS3.10) into 8 bits.
///
/// A monochrome picture is shown through the modality's table, or its slope and intercept, and the first window. The window's black becomes 0
/// and its white 255, to the nearest level, halves to even; MONOCHROME1 is 255 less that. Without a window, the least and the most of the frame's
/// values become black and white, but samples of up to 8 bits without a sign, whose slope and intercept change nothing, stay as they are. Pixels
/// that are not square are cut along their longer side, by Pillow's bilinear kernel.
enum DICOMDecoder {
  static func decode(_ bytes: UnsafeRawBufferPointer, options: ImageDecoder.Options) throws(InputError) -> DecodedImage
  {
    let file = try DICOMFile(bytes)
    defer { withExtendedLifetime(file.content) {} }
    guard let pixels = file.dataset.pixels else {
      if file.dataset.promisesPixels {
        throw DICOMReader.damaged("it is cut short before its pixels, or they were taken out")
      }
      throw InputError("", "is a DICOM file without pixels", remedy: "one with a picture").blaming(.kind)
    }
    guard pixels.tag == DICOMTag.pixels else {
      throw InputError(
        "", "is a DICOM file with pixels of floating point, which are not read",
        remedy: "one of whole numbers, of 16 bits or fewer"
      ).blaming(.kind)
    }
    let info = try DICOMPictureInfo(file.dataset)
    let frame = try frame(info, options)
    for size in [info.size, info.squareSize] { try options.check(size) }
    // Whatever does not fit together is told before memory is taken.
    let levels = info.kind.isMonochrome ? try DICOMLevels(file.dataset, info, options.window) : nil
    let source = DICOMSource(file: file, pixels: pixels, info: info, frame: frame)
    let stored = try source.stored(options)
    var image = try picture(stored, file.dataset, info, levels)
    if info.squareSize != info.size {
      image = image.resized(width: info.squareSize.width, height: info.squareSize.height)
    }
    var decoded = DecodedImage(.plain(image))
    decoded.isDamaged = stored.isDamaged
    decoded.warning = warning(stored, info, levels, options)
    return decoded
  }

  private static func frame(_ info: DICOMPictureInfo, _ options: ImageDecoder.Options) throws(InputError) -> Int {
    let frame = options.frame ?? 1
    guard frame <= info.frameCount else {
      let count: Message = info.frameCount == 1 ? "one frame" : "\(info.frameCount) frames"
      throw InputError("", "has \(count), and \(.frame) is \(frame)", remedy: "1 to \(info.frameCount)")
        .blaming(.parameter)
    }
    return frame - 1
  }

  private static func picture(
    _ stored: DICOMSource.Stored, _ dataset: DICOMDataset, _ info: DICOMPictureInfo, _ levels: DICOMLevels?
  ) throws(InputError) -> Image {
    let samples: [UInt8]
    if let levels {
      let table = levels.levels(stored.samples)
      samples = stored.samples.map { table[Int($0)] }
    } else if info.kind == .palette {
      samples = try DICOMColors.palette(dataset, info, stored.samples)
    } else {
      samples = DICOMColors.rgb(stored.samples, info, isYBR: stored.isYBR)
    }
    return Image(
      width: info.size.width, height: info.size.height, channels: info.kind.isMonochrome ? 1 : 3, samples: samples)
  }

  private static func warning(
    _ stored: DICOMSource.Stored, _ info: DICOMPictureInfo, _ levels: DICOMLevels?, _ options: ImageDecoder.Options
  ) -> String? {
    var parts: [String] = []
    if let message = stored.message { parts.append(message) }
    if info.frameCount > 1 && options.frame == nil {
      parts.append("has \(info.frameCount) frames, of which the first is taken")
    }
    if let levels, levels.isStretched, options.window == .number(nil) {
      parts.append("has no window: its least and most values are taken for black and white")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
