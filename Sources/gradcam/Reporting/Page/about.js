// The page's head: which models, methods and layers its records are of, and when; and what came of it.

/** As many names a line of the head has room for. */
const mostNamed = 4;

/** Names with commas between, and how many more there are. */
function named(names) {
  const shown = names.slice(0, mostNamed).join(", ");
  return names.length > mostNamed ? `${shown} and ${grouped(names.length - mostNamed)} more` : shown;
}

/** Values of items in the order of the records, each once, without those that are null. */
const valuesOf = (items, key) => [...new Set(items.map(key))].filter((value) => value !== null && value !== "");

/** A model's file name, and the beginning of its digest, which tells two files of one name apart. */
function modelText(item) {
  const digest = string(item.record.model_sha256);
  return `${item.model.split("/").pop() || item.model}${digest === null ? "" : ` (sha256 ${digest.slice(0, 12)})`}`;
}

/** `2026-12-01 03:36 UTC` */
function dateText(seconds) {
  return guarded(() => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`, () => null);
}

function showAbout(items) {
  const images = oneEach(items);
  const withModel = images.filter((item) => item.model !== null);
  const models = valuesOf(withModel, modelText);
  const paths = valuesOf(withModel, (item) => `${item.model}${string(item.record.model_sha256) === null ? "" : ` sha256 ${item.record.model_sha256}`}`);
  const plain = (word, values) => (values.length === 1 ? word : `${word}s`);
  const [methods, layers] = ["method", "layer"].map((key) => valuesOf(items, (item) => item[key]));
  const verdicts = [...tally([items], (item) => item.verdict)].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${grouped(count)}`);
  const failed = new Set(images.filter((item) => item.error !== null).map(imageKey)).size;
  const count = new Set(images.map(imageKey)).size;
  const counts = tally([images], (item) => item.outcome);
  const judged = Object.keys(outcomes).filter((name) => counts.get(name)).map((name) => `${grouped(counts.get(name))} ${outcomes[name].title}`);
  const rows = [
    [plain("Model", models), named(models), paths.slice(0, 20).join("\n")], [plain("Method", methods), named(methods), methods.join(", ")],
    [plain("Layer", layers), named(layers), layers.join(", ")],
    ["Records last written", number(page.recorded) === null ? null : dateText(page.recorded), "the last change of the files of records"],
    ["Images", count === 0 ? null : `${grouped(count)}${failed ? `, ${grouped(failed)} failed` : ""}`],
    [plain("Verdict", verdicts), verdicts.join(", ")],
    // Models are not added up: the table has a line each.
    ["Truth", hasTruth() ? `${byModel(images).size > 1 ? "by model below" : judged.join(", ")}${string(page.truth.file) ? ` (${page.truth.file})` : ""}` : null],
  ].filter(([, value]) => value);
  element("about").replaceChildren(...rows.map(([term, value, title]) => make("div", { title }, make("dt", {}, term), make("dd", {}, value))));
}
