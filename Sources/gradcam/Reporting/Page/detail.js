// One result, large, with all that its record says.

class Detail {
  /** `steps` tells which item comes before and after one; `change` as in `Facets`. */
  constructor(change, steps) {
    this.dialog = element("detail");
    this.change = change;
    this.steps = steps;
    this.item = null;
    element("detail-close").addEventListener("click", () => this.dialog.close());
    element("previous").addEventListener("click", () => this.step(-1));
    element("next").addEventListener("click", () => this.step(1));
    // The dark beside the dialog counts as the dialog itself.
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    element("review-marks").append(...markNames.map((name) => {
      const key = markKinds[name].letter;
      const button = make("button", { type: "button", className: "press", title: `${name} (${key})` }, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
      button.dataset.value = name;
      button.addEventListener("click", () => change((state) => toggleMark(state, this.item, name)));
      return button;
    }));
    element("review-note").maxLength = longestNote;
    element("review-note").addEventListener("input", (event) => change((state) => setMark(state, this.item, { note: event.target.value })));
    this.dialog.addEventListener("close", () => {
      this.item = null;
      change((state) => { state.item = null; });
    });
  }

  get isOpen() { return this.dialog.open; }

  step(by) {
    const other = this.steps(this.item).item(by);
    if (other) this.change((state) => { state.item = other.id; });
  }

  /** Shows an item, or closes where there is none. */
  show(item, view) {
    if (!item) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    const isNew = this.item !== item;
    this.item = item;
    this.showReview(item);
    element("detail-name").textContent = item.name;
    element("detail-name").title = item.path;
    const { position, count, item: at } = this.steps(item);
    element("detail-place").textContent = position === null
      ? "not among the results that the filters leave" : `${grouped(position + 1)} of ${grouped(count)}`;
    element("previous").disabled = !at(-1);
    element("next").disabled = !at(1);
    const onOther = (other) => this.change((state) => { state.item = other.id; });
    element("detail-pictures").replaceChildren(...guarded(() => detailPictures(item, view, () => this.change(toggleView)), () => []));
    if (isNew) element("detail-facts").replaceChildren(...guarded(() => detailFacts(item, onOther), () => [allFields(item)]));
    if (!this.dialog.open) this.dialog.showModal();
    if (isNew) document.querySelector(".detail-body").scrollTop = 0;
  }

  showReview(item) {
    const mark = markOf(state, item);
    for (const button of element("review-marks").children) button.setAttribute("aria-pressed", String(button.dataset.value === mark));
    const note = element("review-note");
    const text = state.marks.get(item.entry)?.note ?? "";
    if (note.value !== text) note.value = text;
  }
}

const toggleView = (state) => { state.view = state.view === "overlay" ? "original" : "overlay"; };

/** Overlay and original side by side; where the window is narrow, the first alone, and pressing it shows the other. */
function detailPictures(item, view, onSwap) {
  const figures = [["Overlay", item.overlay, "no overlay"], ["Original", item.original, "no picture"]].map(([title, source, missing]) => {
    const part = partOf(source);
    const large = string(source.large);
    const image = part && large
      ? pictureOfPart(large, part, [number(item.record.width), number(item.record.height)], `${title} of ${item.path}`, missing)
      : picture(large ?? source.shown, `${title} of ${item.path}`, missing);
    if (image.tagName === "IMG") image.loading = "eager";
    const link = string(source.file)
      ? make("a", { href: source.file, target: "_blank", rel: "noopener noreferrer" }, "open the file") : null;
    const button = make("button", { type: "button", className: "stage", title: "Swap overlay and original (o)", "aria-label": `${title}; press to swap` }, image);
    button.addEventListener("click", onSwap);
    return make("figure", {}, button, make("figcaption", {}, make("span", {}, part ? `${title}, the part that the model saw` : title), link));
  });
  if (item.error !== null) return [figures[1]];
  return view === "original" ? figures.reverse() : figures;
}

function detailFacts(item, onOther) {
  const parts = [];
  if (item.error !== null) {
    parts.push(make("p", { className: "callout failed" }, make("b", {}, "Failed. "), item.error));
  } else {
    if (item.verdict !== "ok") parts.push(make("p", { className: "callout doubtful" }, make("b", {}, `${item.verdict}. `), `${sentence(meaningOf(item.verdict, item.mode))}`));
    if (item.isDamaged && item.verdict !== "damaged") parts.push(make("p", { className: "callout doubtful" }, make("b", {}, "damaged. "), sentence(meaningOf("damaged"))));
    if (item.isUnsure) parts.push(make("p", { className: "callout unsure" }, make("b", {}, "Unsure. "), unsureReason(item)));
    if (hasTruth()) parts.push(truthFacts(item));
    parts.push(predictionTable(item), mapFacts(item));
    if (item.siblings.length > 1) parts.push(siblingLinks(item, onOther));
  }
  parts.push(allFields(item));
  return parts;
}

function truthFacts(item) {
  const { title, kind } = outcomes[item.outcome];
  const text = item.truth === null ? "The truth says nothing of this image."
    : item.truth.length ? item.truth.join(", ") : "none of the classes";
  return make("section", {}, make("h3", {}, "Truth"), make("p", { className: "truth" }, text, " ",
    item.truth === null ? "" : make("span", { className: `badge ${kind}` }, title)));
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function unsureReason(item) {
  const next = item.prediction.length > 1 ? number(object(item.prediction[1]).probability) : null;
  if (areIndependent(item.record, item.confidence, next)) return `The best class has ${percentText(item.confidence)}, near ${sureFrom * 100} %.`;
  if (item.confidence < sureFrom) return `The best class has ${percentText(item.confidence)}, less than ${sureFrom * 100} %.`;
  return `The next class is only ${((item.confidence - next) * 100).toFixed(1)} points behind.`;
}

function predictionTable(item) {
  const rows = item.prediction.slice(0, 10).map((entry) => {
    const share = number(object(entry).probability);
    const bar = make("span", { className: "meter" }, make("span", { className: "bar" }));
    bar.firstChild.style.width = `${100 * Math.max(0, Math.min(1, share ?? 0))}%`;
    return make("tr", {}, make("th", { scope: "row" }, className(entry)), make("td", {}, bar), make("td", { className: "figure" }, answerText(object(entry))));
  });
  const [kind, source] = [string(item.record.activation), string(item.record.activation_source)];
  const hint = kind === null || rows.length === 0 ? null
    : make("p", { className: "hint" }, `Activation: ${kind}${source === null ? "" : ` (${sourceText(source)})`}.`);
  return make("section", {}, make("h3", {}, "Prediction"), rows.length
    ? make("table", { className: "prediction" }, make("tbody", {}, ...rows)) : make("p", { className: "hint" }, "none recorded"), hint);
}

/** How the activation that makes probabilities is known. */
function sourceText(source) {
  const texts = { graph: "the network ends in it", file: "the model file says so", option: "chosen by --activation", output: "the outputs are probabilities" };
  return lookUp(texts, source) ?? source;
}

function mapFacts(item) {
  const map = item.map ?? {};
  const rows = [
    ["Explains", item.explains], ["Left out", item.opposite],
    ["Method", item.method], ["Layer", item.layer], ["Verdict", `${item.verdict}: ${meaningOf(item.verdict, item.mode)}`],
    ["Border share", item.border === null ? null : `${percentText(item.border)} of the map lies in its outermost cells`],
    ["Entropy", number(map.entropy) === null ? null : `${number(map.entropy).toFixed(3)} (0: one cell, 1: spread evenly)`],
  ].filter(([, value]) => value !== null && value !== undefined);
  return make("section", {}, make("h3", {}, "Map"), definitions(rows));
}

function siblingLinks(item, onOther) {
  const links = item.siblings.map((other) => {
    const button = make("button", { type: "button", className: "sibling", "aria-pressed": String(other === item) },
      aboutMap(other, choiceKeys));
    button.addEventListener("click", () => onOther(other));
    return button;
  });
  return make("section", {}, make("h3", {}, `Maps of this image`), make("div", { className: "siblings" }, ...links));
}

/** Everything that the record holds, under its own names. */
function allFields(item) {
  const fields = (source, left) => Object.keys(source).filter((key) => !left.includes(key)).sort().map((key) => [key, fieldText(source[key])]);
  const rows = [...fields(item.record, ["maps", "prediction"]), ...(item.map ? fields(item.map, []) : [])];
  return make("details", { className: "all" }, make("summary", {}, "All fields of the record"), definitions(rows));
}

function definitions(rows) {
  return make("dl", {}, ...rows.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, String(value))]));
}

function fieldText(value) {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}
