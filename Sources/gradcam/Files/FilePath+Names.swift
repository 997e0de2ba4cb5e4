import FoundationEssentials
import ModelFormats

extension FilePath {
  /// Whether this names standard input or output.
  var isDash: Bool { bytes == [UInt8(ascii: "-")] }

  /// Whether what is written here goes where results are printed: `-`, `/dev/stdout` and their like.
  var isStandardOutput: Bool { isDash || OpenDescriptor.number(of: self) == 1 }

  /// The path without `.` components and doubled slashes, to compare paths by; links are not followed.
  var normalized: FilePath {
    let slash = UInt8(ascii: "/")
    let parts = bytes.split(separator: slash).filter { $0 != [UInt8(ascii: ".")] }
    return FilePath(bytes: (bytes.first == slash ? [slash] : []) + parts.joined(separator: [slash]))
  }
}
