import ModelFormats

/// What a stored sample of a monochrome picture is shown as: the modality's table or its slope and intercept, then the window, as pydicom's
/// `apply_modality_lut` and `apply_voi_lut` do it (DICOM PS3.3, C.11.1 and C.11.2), then 256 levels.
struct DICOMLevels {
  private let info: DICOMPictureInfo
  private let table: DICOMTable?
  private let slope: Double
  private let intercept: Double
  private let window: DICOMWindow?

  init(_ dataset: DICOMDataset, _ info: DICOMPictureInfo, _ choice: ImageDecoder.WindowChoice) throws(InputError) {
    self.info = info
    if let elements = dataset.modalityTables.first {
      table = try DICOMTable(elements, isSigned: info.isSigned, "modality's table")
    } else {
      table = nil
    }
    let slope = try dataset.decimal(DICOMTag.rescaleSlope, "rescale slope")
    let intercept = try dataset.decimal(DICOMTag.rescaleIntercept, "rescale intercept")
    let isRescaled = slope != nil && intercept != nil
    (self.slope, self.intercept) = isRescaled ? (slope ?? 1, intercept ?? 0) : (1, 0)
    window = try DICOMWindow.chosen(dataset, isSigned: info.isSigned, choice)
  }

  /// Whether black and white are those of the values that the picture has, since nothing else says them.
  var isStretched: Bool {
    window == nil && !(info.bitsStored <= 8 && !info.isSigned && table == nil && slope == 1 && intercept == 0)
  }

  /// The levels of all samples of so many bits as are allocated.
  ///
  /// - Parameter samples: those of the picture.
  func levels(_ samples: [UInt16]) -> [UInt8] {
    let count = 1 << info.bitsAllocated
    let values = (0..<count).map { value(UInt16($0)) }
    let (black, white) = window == nil ? ends(samples, values) : (0, 1)
    let range = storedRange
    return values.map { value in
      var share: Double
      if let window {
        share = window.share(of: value, range: range)
      } else {
        share = white > black ? (value - black) / (white - black) : 0
      }
      share = share.isNaN ? 0 : max(0, min(1, share))
      let level = UInt8((share * 255).rounded(.toNearestOrEven))
      return info.kind == .darkIsMost ? 255 - level : level
    }
  }

  /// What a sample measures.
  private func value(_ sample: UInt16) -> Double {
    let stored = Double(info.number(sample))
    if let table { return Double(table.entry(stored)) }
    return slope == 1 && intercept == 0 ? stored : stored * slope + intercept
  }

  /// What becomes black and what white without a window.
  private func ends(_ samples: [UInt16], _ values: [Double]) -> (Double, Double) {
    guard isStretched else { return (0, Double(1 << info.bitsStored - 1)) }
    var seen = [Bool](repeating: false, count: values.count)
    for sample in samples { seen[Int(sample)] = true }
    var (least, most) = (Double.infinity, -Double.infinity)
    for (sample, value) in values.enumerated() where seen[sample] {
      (least, most) = (min(least, value), max(most, value))
    }
    return (least, most)
  }

  /// From what to what values go where samples take all of their bits.
  private var storedRange: (low: Double, high: Double) {
    var (low, high) = (0.0, Double(1 << info.bitsStored - 1))
    if let table {
      high = table.most
    } else if info.isSigned {
      (low, high) = (-Double(1 << (info.bitsStored - 1)), Double(1 << (info.bitsStored - 1) - 1))
    }
    return (low * slope + intercept, high * slope + intercept)
  }
}

extension DICOMPictureInfo {
  /// The number that a stored sample is: its bits up to the high bit, with their sign.
  func number(_ sample: UInt16) -> Int {
    let shifted = Int(sample) >> (highBit + 1 - bitsStored) & (1 << bitsStored - 1)
    return isSigned && shifted >= 1 << (bitsStored - 1) ? shifted - 1 << bitsStored : shifted
  }
}
