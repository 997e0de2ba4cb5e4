import Foundation
import ModelFormats
import TestSupport
import Testing

/// Scripts/spark_explain.py on a cluster of two workers, where Java and PySpark are installed for `PYTHON` or python3.
@Suite struct SparkTests {
  private static let python = ProcessInfo.processInfo.environment["PYTHON"] ?? "python3"
  private static let script = Fixture.repository.appending(FilePath("Scripts/spark_explain.py")).description
  private static let hasPython = (try? Tool.shell("command -v \(python)", in: Workplace()))?.status == 0
  private static let hasSpark =
    (try? Tool.shell("java -version && \(python) -c 'import pyspark'", in: Workplace()))?.status == 0

  /// In the place of the tool: the first process is killed when it has printed a record, the next takes its executor
  /// with it.
  private static let dyingTool = """
    #!/bin/sh
    if mkdir process-killed 2>/dev/null; then
      head -c 30 | \(Tool.path) "$@" | head -n 1
      kill -9 $$
    fi
    if mkdir executor-killed 2>/dev/null; then
      process=$$
      until grep -q CoarseGrainedExecutorBackend /proc/$process/cmdline; do
        process=$(awk '/PPid/ {print $2}' /proc/$process/status)
      done
      kill -9 $process
      sleep 60
    fi
    exec \(Tool.path) "$@"
    """

  private func run(_ words: String, in folder: Workplace) throws -> Tool.Outcome {
    try Tool.shell("SPARK_LOCAL_IP=127.0.0.1 timeout 400 \(Self.python) \(Self.script) \(words)", in: folder)
  }

  /// Records without their times.
  private func records(_ name: String, in folder: Workplace) throws -> [String] {
    let lines = try #require(folder.text(name)).split(separator: "\n")
    return lines.map { String($0.replacing(/"milliseconds":[0-9.e-]+/, with: "")) }
  }

  @Test(.enabled(if: hasSpark)) func `A killed process and a lost worker change nothing`() throws {
    let folder = Workplace("xray.pth")
    for name in ["a.jpg", "b b.jpg", "c\nc.jpg", "ü'\"$%d\\.jpg"] {
      folder.put(Workplace.fixture("photo.jpg"), as: name)
    }
    folder.put("no image", as: "e.jpg")
    folder.put(Self.dyingTool, as: "dying")
    let list =
      #"printf '%s\0' *.jpg missing.jpg > list; cp a.jpg "$(printf 'f\351.jpg')"; printf 'f\351.jpg\0' >> list"#
    let alone = "gradcam explain --files-from list -0 -w xray.pth -d maps --jsonl > alone.jsonl; mv maps alone"
    #expect(try Tool.shell("chmod +x dying; \(list); \(alone)", in: folder).status == 0)
    let outcome = try run(
      "--master 'local-cluster[2,1,1024]' --gradcam $PWD/dying --weights xray.pth --output-dir maps --partitions 4 "
        + "--records spark.jsonl --files-from list --null", in: folder)
    #expect(outcome.status == 1, "\(outcome.errors.suffix(20))")
    #expect(outcome.errors.last?.hasSuffix("7 images, 2 failed: spark.jsonl") == true)
    #expect(outcome.errors.contains { $0.contains("ExecutorLostFailure") })
    #expect(outcome.errors.contains { $0.contains("error code 137") })
    #expect(try records("spark.jsonl", in: folder) == records("alone.jsonl", in: folder))
    #expect(try records("spark.jsonl", in: folder).count == 7)
    #expect(try Tool.shell("diff -r alone maps && find maps -type f -printf x", in: folder).text == "xxxxx")
  }

  @Test(.enabled(if: hasSpark)) func `A model that cannot be loaded ends the job without records`() throws {
    let folder = Workplace("photo.jpg")
    let outcome = try run("--master 'local[1]' --weights none --records r.jsonl photo.jpg", in: folder)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains { $0.contains("spark_explain: Spark gave up: ") })
    #expect(outcome.errors.contains { $0.hasSuffix("gradcam: none: no such file") })
    #expect(folder.made == [])
  }

  @Test(.enabled(if: hasPython)) func `Bad usage is found out without Spark`() throws {
    let folder = Workplace()
    let repetition = try run("--weights w --records r a/x.jpg b/x.jpg a/x.jpg", in: folder)
    #expect(repetition.status == 2)
    #expect(repetition.errors == ["spark_explain: a/x.jpg is named twice: each image once"])
    let nothing = try run("--weights w --records r", in: folder)
    #expect(nothing.status == 2 && nothing.errors == ["spark_explain: no image is named: images or --files-from FILE"])
    #expect(folder.made == [])
  }
}
