import GradCAMCore
import ModelFormats

extension Command {
  static let sheet = Command(
    name: "sheet", summary: "make one picture of many overlays, for a paper or a review",
    operands: "[OPTIONS] RECORDS.jsonl|-... --output FILE.png|.svg", operandOffer: { .files },
    notes: [
      "Makes a contact sheet from the records that gradcam explain --jsonl prints. A row is an image. A column is a method, a layer, "
        + "a class or a model: whatever differs between the maps.",
      "Each row begins with the image and the prediction. Below an overlay stand its class, where it is not the one predicted, "
        + "and its verdict, where that is not ok. In an SVG drawing the text is text.",
    ],
    examples: [
      "gradcam explain models/images -w models/demo-xray.bin --jsonl | gradcam sheet - -o sheet.png"
    ],
    exitStatuses: [
      ("0", "the sheet was written"),
      ("1", "it was written without overlays that cannot be read, or could not be written"),
      ("2", "bad usage, or files that hold no records"),
    ], action: SheetCommand.self)
}

/// `gradcam sheet`.
struct SheetCommand: Action {
  private let writer: SheetWriter

  init(_ command: Command, _ options: Options) throws(InputError) {
    let (records, file) = (try options.recordOperands(of: command), try options.namedOutput(for: "sheet"))
    let format: FileFormat
    do throws(InputError) { format = try FileFormat(endingOf: file.bytes, offered: FileFormat.pictures) } catch {
      throw InputError("--output", error.problem, remedy: error.remedy)
    }
    writer = SheetWriter(records: records, file: file, format: format, options: options.sheet)
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    let outcome = try writer.write(console: console, caller.readRecipe)
    if outcome.missing > 0 {
      console.warn(
        InputError(
          "\(writer.file)", "\(outcome.missing.grouped) overlay(s) that the records name cannot be read",
          remedy: "--base DIR, the folder that gradcam explain ran in"))
    }
    let failed = outcome.failed > 0 ? ", \(outcome.failed.grouped) failed and left out" : ""
    let images = "\(outcome.images.grouped) \(outcome.images == 1 ? "image" : "images")"
    try console.printConclusion(
      "\(printable(writer.file.description))  \(images), \(outcome.columns.grouped) map(s) each\(failed)")
    return outcome.missing == 0 ? ExitStatus.success : ExitStatus.failure
  }
}
