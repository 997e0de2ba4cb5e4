import Foundation
import Testing

/// What outputs are called, and which files in folders are explained.
@Suite struct FileNameTests {
  @Test func `Several layers`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    let outcome = try folder.explain("-l", "resnet_blocks.-1,resnet_blocks.3.conv2", "-l", "resnet_blocks.4", "-d", "o")
    #expect(outcome.status == 0 && outcome.lines.count == 2)
    #expect(folder.made == ["o/photo.resnet_blocks.3.conv2.gradcam.png", "o/photo.resnet_blocks.4.gradcam.png"])
  }

  @Test func `Several targets, by label and by index`() throws {
    let folder = Workplace("tiny.png", "cifar.th")
    folder.put("a/b\n..\nc d\ne\n\u{e9}\ng\ng\nh\ni\nj\n", as: "labels.txt")
    _ = try folder.run("explain", "tiny.png", "-w", "cifar.th", "-t", "all", "--labels", "labels.txt", "-d", "named")
    #expect(
      folder.made == [
        "named/tiny.__.gradcam.png", "named/tiny.a_b.gradcam.png", "named/tiny.c d.gradcam.png",
        "named/tiny.e.gradcam.png", "named/tiny.g-5.gradcam.png", "named/tiny.g-6.gradcam.png",
        "named/tiny.h.gradcam.png", "named/tiny.i.gradcam.png", "named/tiny.j.gradcam.png",
        "named/tiny.\u{e9}.gradcam.png",
      ])
    let five = try folder.run("explain", "tiny.png", "-w", "cifar.th", "-t", "top5", "-t", "3", "-d", "five", "--jsonl")
    let record = try JSON(five.text)
    #expect(record["maps"].count == 6 && record["prediction"].count == 5)
    let predicted = (0..<5).map { record["prediction"][$0]["index"].number }
    #expect((0..<5).map { record["maps"][$0]["target"]["index"].number } == predicted)
    #expect(folder.made.count { $0.hasPrefix("five/") } == 6)
  }

  @Test func `Folders keep their tree, and overlays in them are passed over`() throws {
    let folder = Workplace("xray.pth")
    for name in ["in/a.jpg", "in/a.png", "in/sub/b.jpg", "in/sub/deep/c.jpg"] {
      folder.put(Workplace.fixture("photo.jpg"), as: name)
    }
    folder.put("notes", as: "in/notes.txt")
    let flat = try folder.run("explain", "in", "-w", "xray.pth", "-d", "flat")
    #expect(flat.status == 0)
    #expect(flat.errors.first == "gradcam: 1 file(s) in folders hold no image and were passed over")
    #expect(folder.made == ["flat/a.jpg.gradcam.png", "flat/a.png.gradcam.png"])
    for _ in 0..<2 {
      let tree = try folder.run(
        "explain", "in", "-r", "-w", "xray.pth", "-d", "in", "--heatmap", "maps/{stem}.npy", "-j", "1")
      // a.jpg and a.png have one stem.
      #expect(tree.status == 1)
      #expect(
        tree.errors.first
          == "gradcam: in/a.png: would write maps/a.npy, as did another image (images of one stem in different runs)")
      for name in folder.made.filter({ $0.hasPrefix("in/") || $0.hasPrefix("maps/") }) {
        try FileManager.default.removeItem(atPath: folder.path(name))
      }
    }
    for _ in 0..<2 {
      let tree = try folder.run("explain", "in", "-r", "-w", "xray.pth", "-d", "in")
      #expect(tree.status == 0 && tree.lines.count == 4)
    }
    #expect(
      folder.made == [
        "flat/a.jpg.gradcam.png", "flat/a.png.gradcam.png", "in/a.jpg.gradcam.png", "in/a.png.gradcam.png",
        "in/sub/b.jpg.gradcam.png", "in/sub/deep/c.jpg.gradcam.png",
      ])
    let overlays = try folder.run("explain", "flat", "-w", "xray.pth", "-d", "again", "--verbose")
    #expect(overlays.status == 0)
    #expect(
      overlays.errors == [
        "gradcam: warning: flat: holds no image", "2 overlay(s) of gradcam's in folders were passed over",
      ])
  }

  @Test func `A pipe in a folder does not hang the run`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Workplace.fixture("photo.jpg"), as: "in/a.jpg")
    #expect(mkfifo(folder.path("in/b.jpg"), 0o600) == 0)
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "o")
    #expect(outcome.status == 0 && outcome.lines.count == 1)
  }

  @Test func `Lists, separated by lines or by NUL`() throws {
    let folder = Workplace("xray.pth", "photo.jpg", "gray.jpg")
    folder.put("photo.jpg\r\n\ngray.jpg", as: "lines")
    folder.put("gray.jpg\0photo.jpg\0", as: "nuls")
    let lines = try folder.run("explain", "--files-from", "lines", "-w", "xray.pth", "-d", "o")
    #expect(lines.status == 0)
    #expect(folder.made == ["o/gray.jpg.gradcam.png", "o/photo.jpg.gradcam.png"])
    let nuls = try folder.run("explain", "--files-from", "-", "-0", "-w", "xray.pth", "--jsonl", input: "nuls")
    #expect(try nuls.lines.map { try JSON($0)["image"].text } == ["gray.jpg", "photo.jpg"])
  }

  @Test func `Names with spaces, line feeds and bytes that are no UTF-8`() throws {
    let folder = Workplace("xray.pth")
    folder.put(Workplace.fixture("photo.jpg"), as: "in/a b.jpg")
    folder.put(Workplace.fixture("photo.jpg"), as: "in/line\nfeed.jpg")
    let odd = Array("\(folder.path("in"))/o".utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF), 0]
    #expect(link(folder.path("in/a b.jpg"), odd) == 0)
    let outcome = try folder.run("explain", "in", "-w", "xray.pth", "-d", "o", "--jsonl")
    #expect(outcome.status == 0 && outcome.lines.count == 3)
    let records = try outcome.lines.map { try JSON($0) }
    #expect(records.map { $0["image"].text } == ["in/a b.jpg", "in/line\nfeed.jpg", "in/o\u{FFFD}"])
    #expect(records[2]["image_base64"].text == Data("in/o".utf8 + [0xFF]).base64EncodedString())
    #expect(records[0].keys.contains("image_base64") == false)
    let overlay = Array("\(folder.path("o"))/o".utf8) + [0xFF] + Array(".gradcam.png".utf8) + [0]
    #expect(access(overlay.map { CChar(bitPattern: $0) }, R_OK) == 0)
    let lines = try folder.run("explain", "in/line\nfeed.jpg", "-w", "xray.pth", "-d", "p")
    #expect(lines.lines.count == 1 && lines.text.hasPrefix(#"p/line\nfeed.gradcam.png  positive"#))
  }
}
