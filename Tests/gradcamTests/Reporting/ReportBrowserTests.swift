import Foundation
import Testing

/// The page in a browser, where there is one: `Scripts/browse_report.py` uses every control of it. By
/// hand it takes thousands of records.
@Suite struct ReportBrowserTests {
  private static func find(_ names: String...) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let paths = names.flatMap { name in folders.map { "\($0)/\(name)" } }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let python = find("python3")
  private static let chromium = find("chromium", "chromium-browser")

  @Test(.enabled(if: python != nil && chromium != nil)) func `Every control works, on a desktop and on a phone`() throws
  {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = [
      root.appendingPathComponent("Scripts/browse_report.py").path, Tool.path, "--chromium",
      try #require(Self.chromium), "--records", "300",
    ]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.split(separator: "\n").count { $0.hasSuffix(": fine") } == 6, "\(said)")
  }
}
