/// The data elements that a picture takes, by group and element (DICOM PS3.6, chapter 6). No other is ever kept, so that nothing that
/// is said of a patient can come into a message.
enum DICOMTag {
  static let transferSyntax: UInt32 = 0x0002_0010
  static let imagerPixelSpacing: UInt32 = 0x0018_1164
  static let nominalPixelSpacing: UInt32 = 0x0018_2010
  static let samplesPerPixel: UInt32 = 0x0028_0002
  static let photometricInterpretation: UInt32 = 0x0028_0004
  static let planarConfiguration: UInt32 = 0x0028_0006
  static let numberOfFrames: UInt32 = 0x0028_0008
  static let rows: UInt32 = 0x0028_0010
  static let columns: UInt32 = 0x0028_0011
  static let pixelSpacing: UInt32 = 0x0028_0030
  static let pixelAspectRatio: UInt32 = 0x0028_0034
  static let bitsAllocated: UInt32 = 0x0028_0100
  static let bitsStored: UInt32 = 0x0028_0101
  static let highBit: UInt32 = 0x0028_0102
  static let pixelRepresentation: UInt32 = 0x0028_0103
  static let windowCenter: UInt32 = 0x0028_1050
  static let windowWidth: UInt32 = 0x0028_1051
  static let rescaleIntercept: UInt32 = 0x0028_1052
  static let rescaleSlope: UInt32 = 0x0028_1053
  static let voiFunction: UInt32 = 0x0028_1056
  /// Red, green and blue follow one another.
  static let paletteDescriptors: [UInt32] = [0x0028_1101, 0x0028_1102, 0x0028_1103]
  static let palettes: [UInt32] = [0x0028_1201, 0x0028_1202, 0x0028_1203]
  static let segmentedPalettes: [UInt32] = [0x0028_1221, 0x0028_1222, 0x0028_1223]
  static let modalityTables: UInt32 = 0x0028_3000
  static let tableDescriptor: UInt32 = 0x0028_3002
  static let tableData: UInt32 = 0x0028_3006
  static let windowTables: UInt32 = 0x0028_3010
  static let extendedOffsets: UInt32 = 0x7FE0_0001
  static let floatPixels: UInt32 = 0x7FE0_0008
  static let doublePixels: UInt32 = 0x7FE0_0009
  static let pixels: UInt32 = 0x7FE0_0010
  static let item: UInt32 = 0xFFFE_E000
  static let itemEnd: UInt32 = 0xFFFE_E00D
  static let sequenceEnd: UInt32 = 0xFFFE_E0DD

  /// Those whose values are kept, of a data set.
  static let kept: Set<UInt32> = Set(
    [
      imagerPixelSpacing, nominalPixelSpacing, samplesPerPixel, photometricInterpretation, planarConfiguration,
      numberOfFrames, rows, columns, pixelSpacing, pixelAspectRatio, bitsAllocated, bitsStored, highBit,
      pixelRepresentation, windowCenter, windowWidth, rescaleIntercept, rescaleSlope, voiFunction, extendedOffsets,
    ] + paletteDescriptors + palettes + segmentedPalettes)
}
