import Glibc
import ModelFormats

@testable import gradcam

/// Files of paths and of records, line by line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return 0 }
  checkPaths(bytes, isNULSeparated: false)
  checkPaths(bytes, isNULSeparated: true)
  checkLines(bytes)
  return 0
}

/// A file without a name, that is written anew each time.
private let descriptor: Int32 = {
  var name = Array("/tmp/gradcam-fuzz-XXXXXX".utf8CString)
  let descriptor = mkstemp(&name)
  precondition(descriptor >= 0, "no file to write to")
  unlink(name)
  return descriptor
}()

private func checkPaths(_ bytes: [UInt8], isNULSeparated: Bool) {
  let separator = isNULSeparated ? 0 : UInt8(ascii: "\n")
  let path = FilePath("/proc/self/fd/\(descriptor)")
  guard let list = try? PathList(path, isNULSeparated: isNULSeparated, stop: nil) else { return }
  var known = bytes.split(separator: separator).map(Array.init)[...]
  do {
    while let entry = try list.next() {
      guard case .path(let path) = entry else { continue }
      precondition(!path.bytes.isEmpty && !path.bytes.contains(separator), "a path that is none")
      // Paths come in the file's order, whole but for the end that other systems give lines.
      while let line = known.popFirst(), line != path.bytes, line.dropLast() != path.bytes[...] {}
    }
  } catch {}
  _ = PathList.count(path, isNULSeparated: isNULSeparated) { _ in true }
}

private func checkLines(_ bytes: [UInt8]) {
  guard let lines = try? RecordLines(open: descriptor, named: "records") else { return }
  var number = 0
  while let line = try? lines.next() {
    precondition(line.number > number, "lines that go back")
    number = line.number
    precondition(Array(bytes[line.place..<line.place + line.bytes.count]) == line.bytes, "a line from elsewhere")
    precondition(lines.line(at: line.place) == line.bytes, "a line that differs when it is read again")
  }
}
