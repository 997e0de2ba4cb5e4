import Testing

@testable import ModelFormats

@Suite struct SafetensorsHeaderScannerTests {
  private func scan(_ header: String) -> SafetensorsHeaderScanner? {
    Array(header.utf8).withUnsafeBytes { SafetensorsHeaderScanner($0) }
  }

  private let entry = #""a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}"#

  @Test func `Reads what writers write`() throws {
    let scanned = try #require(
      scan(
        #" {"__metadata__":{"k":"é \"q\" \\ \n\t\/\u000a\u00e9\u20AC","":""}, \#(entry) ,"b":{"data_offsets":[24,24],"shape":[],"dtype":"U8"}} "#
      ))
    #expect(scanned.metadata == ["k": "é \"q\" \\ \n\t/\né€", "": ""])
    #expect(scanned.tensors.map(\.name) == ["a", "b"])
    #expect(scanned.tensors[0].entry.shape == [2, 3] && scanned.tensors[0].entry.end == 24)
    #expect(scanned.tensors[1].entry.dtype == "U8" && scanned.tensors[1].entry.shape == [])
    let empty = try #require(scan("{}"))
    #expect(empty.tensors.isEmpty && empty.metadata == nil)
    #expect(scan("{\"__metadata__\":{}}")?.metadata == [:])
  }

  /// A decoder reads these, or says what is wrong with them.
  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}"#,
    #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
    #"{"\ud83d\ude00":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, #"{"__metadata__":{"k":"\u00g0"}}"#,
    #"{"__metadata__":{"k":"\u00"}}"#, #"{"__metadata__":{"k":"\b"}}"#,
    #"{"a":{"dtype":"F32","shape":[9999999999999999999],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":{"k":"1","k":"2"}}"#, #"{"__metadata__":{"k":1}}"#, #"{"__metadata__":{},"__metadata__":{}}"#,
    #"{"__metadata__":null}"#, "{", "", "[]", "{}x", #"{"a"}"#, #"{"a":"#, #"{"a\"#, #"{"a":{}}"#, "{,}",
    "{\"a\u{1}\":1}",
  ])
  func `Gives up on what it does not know`(_ header: String) { #expect(scan(header) == nil) }

  @Test func `A header that is cut anywhere is not read`() {
    let whole = "{\"__metadata__\":{\"k\":\"\\\\v\"},\(entry)}"
    for count in 0..<whole.utf8.count {
      #expect(scan(String(decoding: whole.utf8.prefix(count), as: UTF8.self)) == nil)
    }
  }
}
