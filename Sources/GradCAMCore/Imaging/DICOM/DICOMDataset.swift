import ModelFormats

/// What a picture takes of a data set.
struct DICOMDataset {
  /// Where the pixels are.
  struct Pixels {
    /// Which kind: whole numbers, or not.
    let tag: UInt32
    let representation: String
    /// Where the value begins, and how long it is; the length is nil where pixels are encapsulated.
    let offset: Int
    let length: Int?
  }

  let isBigEndian: Bool
  var elements: [UInt32: DICOMElement] = [:]
  var pixels: Pixels?
  /// The tables that make what a sample measures of what is stored, and what is shown of that: by the elements of each.
  private(set) var modalityTables: [[UInt32: DICOMElement]] = []
  private(set) var windowTables: [[UInt32: DICOMElement]] = []
  /// Whether less than an element's head stands at the end, and more than zeros that fill a file up.
  var hasRemainder = false

  init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

  mutating func addTable(_ sequence: UInt32, most: Int) {
    if sequence == DICOMTag.modalityTables {
      if modalityTables.count < most { modalityTables.append([:]) }
    } else if windowTables.count < most {
      windowTables.append([:])
    }
  }

  mutating func setInTable(_ sequence: UInt32, _ tag: UInt32, _ element: DICOMElement) {
    if sequence == DICOMTag.modalityTables {
      if !modalityTables.isEmpty { modalityTables[modalityTables.count - 1][tag] = element }
    } else if !windowTables.isEmpty {
      windowTables[windowTables.count - 1][tag] = element
    }
  }

  /// A number of 16 bits; nil where it is missing.
  func word(_ tag: UInt32) -> Int? { elements[tag]?.words.first.map(Int.init) }

  /// Whether pixels have to follow: the end is torn, or rows and columns are described, which only pictures have.
  var promisesPixels: Bool { hasRemainder || elements[DICOMTag.rows] != nil || elements[DICOMTag.columns] != nil }

  /// A number that a text names; nil where it is missing or empty.
  ///
  /// - Throws: `InputError` without a subject for a text that names none.
  func decimal(_ tag: UInt32, _ name: String) throws(InputError) -> Double? {
    guard let element = elements[tag], !element.texts[0].isEmpty else { return nil }
    guard let number = element.decimals[0] else { throw DICOMReader.damaged("its \(name) is no number") }
    return number
  }
}
