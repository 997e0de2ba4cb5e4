import Glibc
import ModelFormats

/// What of the values is shown: a table, or a window by its centre and its width (DICOM PS3.3, C.11.2).
enum DICOMWindow {
  case table(DICOMTable)
  case function(Function, center: Double, width: Double)

  /// How values between black and white are shown.
  enum Function: String { case linear = "LINEAR", exact = "LINEAR_EXACT", sigmoid = "SIGMOID" }

  /// All of a data set that can be used, tables before windows.
  ///
  /// - Parameter index: which is asked for, from 0.
  /// - Returns: nil where there is none at all.
  static func chosen(
    _ dataset: DICOMDataset, isSigned: Bool, _ choice: ImageDecoder.WindowChoice
  ) throws(InputError) -> DICOMWindow? {
    guard case .number(let number) = choice else { return nil }
    do throws(InputError) { return try chosen(dataset, isSigned: isSigned, number) } catch {
      if error.fault != nil { throw error }
      let ways: Message = "\(.window) N takes another of the file's, \(.window) none its values' range"
      throw InputError("", error.problem, remedy: error.remedy.map { "\($0); \(ways)" } ?? ways)
    }
  }

  private static func chosen(
    _ dataset: DICOMDataset, isSigned: Bool, _ number: Int?
  ) throws(InputError) -> DICOMWindow? {
    let tables = dataset.windowTables.filter {
      $0[DICOMTag.tableDescriptor] != nil && $0[DICOMTag.tableData] != nil
    }
    let (centers, widths) = (dataset.elements[DICOMTag.windowCenter], dataset.elements[DICOMTag.windowWidth])
    let count = tables.count + windowCount(centers, widths)
    guard let index = number.map({ $0 - 1 }) ?? (count > 0 ? 0 : nil) else { return nil }
    guard index < count else {
      let having: Message = count == 0 ? "no window" : count == 1 ? "one window" : "\(count) windows"
      throw InputError(
        "", "has \(having), and \(.window) is \(index + 1)", remedy: count == 0 ? "without it" : "1 to \(count)"
      ).blaming(.parameter)
    }
    if index < tables.count { return .table(try DICOMTable(tables[index], isSigned: isSigned, "window table")) }
    let place = index - tables.count
    guard let center = centers?.decimals[place], let width = widths?.decimals[place] else {
      throw DICOMReader.damaged("its window \(index + 1) is no pair of numbers")
    }
    return try function(dataset, center, width, written: widths?.texts[place] ?? "")
  }

  private static func windowCount(_ centers: DICOMElement?, _ widths: DICOMElement?) -> Int {
    // An empty value is one empty text.
    let counts = [centers, widths].map { element in
      element.map { $0.texts == [""] ? 0 : $0.texts.count } ?? 0
    }
    return counts.min() ?? 0
  }

  /// - Parameter written: the width as the file has it: a number, and no other text.
  private static func function(
    _ dataset: DICOMDataset, _ center: Double, _ width: Double, written: String
  ) throws(InputError) -> DICOMWindow {
    let name = dataset.elements[DICOMTag.voiFunction]?.texts[0].uppercased() ?? ""
    guard let function = name.isEmpty ? .linear : Function(rawValue: name) else {
      throw DICOMReader.damaged("its window has a function of no known name")
    }
    guard width > 0, width >= 1 || function != .linear else {
      let least: Message = function == .linear ? "1 at least" : "above 0"
      throw InputError("", "has a window of the width \(written.clipped(to: 16))", remedy: least)
    }
    return .function(function, center: center, width: width)
  }

  /// How bright a value is shown, in the steps and the order of pydicom's `apply_windowing`, so that ties come out alike.
  ///
  /// - Parameter range: from what to what the whole range of stored samples goes, which the window is stretched over.
  /// - Returns: 0 for black to 1 for white.
  func share(of value: Double, range: (low: Double, high: Double)) -> Double {
    switch self {
    case .table(let table): return Double(table.entry(value)) / table.most
    case .function(let function, var center, var width):
      let length = range.high - range.low
      if function == .sigmoid { return 1 / (1 + exp(-4 * (value - center) / width)) }
      if function == .linear { (center, width) = (center - 0.5, width - 1) }
      if value <= center - width / 2 { return 0 }
      if value > center + width / 2 { return 1 }
      if length == 0 { return (value - center) / width + 0.5 }
      return ((((value - center) / width + 0.5) * length + range.low) - range.low) / length
    }
  }
}
