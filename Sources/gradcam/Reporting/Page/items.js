// What the records say, brought into one shape. They come from a file that anybody may have written, so nothing about
// them is taken for granted; and all of it reaches the page as text, never as HTML.

const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const string = (value) => (typeof value === "string" ? value : null);
const list = (value) => (Array.isArray(value) ? value : []);
const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});

/** What a table has under a key of any kind; undefined where it has nothing of its own there. */
const lookUp = (table, key) => (typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined);

/** The label of a class, or its number where it has none. */
function className(entry) {
  const { label, index } = object(entry);
  const place = number(index) ?? string(index) ?? "?";
  if (string(label) === null || label === "") return `class ${place}`;
  // A label that two classes of a model share does not tell them apart.
  return sharedLabels().has(label) ? `${label} (${place})` : label;
}

/** Labels that several classes of one model have, as far as the truth says. */
function sharedLabels() {
  sharedLabels.value ??= new Set(list(object(page.truth).shared));
  return sharedLabels.value;
}

/** What a map explains: a class, and which side of it. Records of older versions do not say, and have what speaks for it. */
function explanationOf(map) {
  if (list(page.classless).includes(map.method)) return "no class";
  const name = className(map.target);
  if (map.mode === "against") return `evidence against ${name}`;
  if (map.mode === "rather than") return `evidence for ${name} rather than ${className(map.against)}`;
  return `evidence for ${name}`;
}

/** How much stronger the evidence is that a map leaves out, in a sentence; null where that is not the case. */
function oppositeOf(map) {
  const share = number(map.positive_share);
  if (share === null || share <= 0 || share > 0.5 || map.signed === true || list(page.classless).includes(map.method)) return null;
  const side = lookUp({ against: "for it", "rather than": "for the other" }, map.mode) ?? "against it";
  const times = 1 / share;
  return `evidence ${side} is ${times >= 1000 ? "over 1,000" : times.toFixed(times < 9.95 ? 1 : 0)} times stronger`;
}

/** `97.3 %` of a predicted class; its score where nothing makes probabilities of scores. */
function answerText(entry) {
  const [share, score] = [number(entry.probability), number(entry.logit)];
  return share === null && score !== null ? `score ${score.toFixed(3)}` : percentText(share);
}

/** The part of a picture that is worth showing, as `[x, y, width, height]`; null where that is all of it. */
function partOf(source) {
  const part = list(source.part);
  return part.length === 4 && part.every((side) => number(side) !== null) ? part : null;
}

/** A model is unsure below this probability of its best class … */
const sureFrom = 0.5;
/** … and where the next is nearer than this. */
const sureAhead = 0.1;

/** Whether each class has a probability of its own, so that none says anything of the others. */
function areIndependent(record, best, next) {
  return string(record.activation) === "sigmoid" && typeof next === "number" && Math.abs(best + next - 1) > 1e-4;
}

/** Whether a ranking leaves the answer open; not known, so false, without probabilities. */
function isUnsure(prediction, record) {
  const [best, next] = prediction.map((entry) => number(object(entry).probability));
  if (best === null || best === undefined) return false;
  if (areIndependent(record, best, next)) return Math.abs(best - sureFrom) < sureAhead;
  return best < sureFrom || (next !== null && next !== undefined && best - next < sureAhead);
}

/** The cards: one for each map of an image, and one for each image that failed. */
function makeItems(entries) {
  const items = [];
  for (const [place, entry] of entries.entries()) {
    const record = object(object(entry).record);
    const maps = record.error === undefined || record.error === null ? list(record.maps) : [];
    const siblings = [];
    for (let index = 0; index < Math.max(1, maps.length); index++) {
      const item = guarded(() => makeItem(entry, record, maps[index], index), () => emptyItem(record));
      item.id = items.length;
      item.entry = place;
      item.siblings = siblings;
      item.models = null;
      siblings.push(item);
      items.push(item);
    }
  }
  nameModels(items);
  judge(items);
  return items;
}

/** Gives each failure whose record names no model the `models` that it counts for: those without another record of the image. */
function nameModels(items) {
  const unnamed = items.filter((item) => item.model === null && item.error !== null);
  const models = new Set(items.map((item) => item.model).filter((model) => model !== null));
  if (unnamed.length === 0 || models.size === 0) return;
  const known = new Map(unnamed.map((item) => [imageKey(item), new Set()]));
  for (const item of items) if (item.model !== null) known.get(imageKey(item))?.add(item.model);
  for (const item of unnamed) item.models = new Set([...models].filter((model) => !known.get(imageKey(item)).has(model)));
}

/** What tells an item's image from others, also where its name is no text. */
const imageKey = (item) => string(item.record.image_base64) ?? item.path;

/** Whether an item counts for a model. */
const isOf = (item, model) => item.model === model || (item.models !== null && item.models.has(model));

/** What `work` makes, or `otherwise` where it fails: what one record holds is never in the way of the others. */
function guarded(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise();
  }
}

/** The item of a record that nothing can be made of. */
function emptyItem(record) {
  const path = string(record.image) ?? "";
  return {
    record, map: null, prediction: [], error: null, path, name: path, search: path.toLowerCase(), original: {}, overlay: {},
    verdict: "not readable", label: null, confidence: null, answer: percentText(null), isUnsure: false, isDamaged: false,
    border: null, method: null, layer: null, target: null, mode: null, explains: null, opposite: null, rank: 1,
    model: null, truth: null, answers: null, outcome: "unlabelled", isMany: false, isOpen: false, ranked: new Set(),
  };
}

/** A map's verdict, known here or not. */
function verdictOf(map) {
  if (map === undefined) return "no map";
  const verdict = string(object(map).verdict);
  return verdict === null || verdict.trim() === "" ? "no verdict" : verdict;
}

function makeItem(entry, record, map, index) {
  const prediction = list(record.prediction);
  const path = string(record.image) ?? "";
  const error = string(record.error);
  const item = {
    record, map: map === undefined ? null : object(map), prediction, error, path,
    name: path.split("/").pop() || path,
    search: path.toLowerCase(),
    original: object(object(entry).original),
    overlay: object(list(object(entry).overlays)[index]),
    verdict: error !== null ? "failed" : verdictOf(map),
    label: prediction.length > 0 ? className(prediction[0]) : null,
    confidence: prediction.length > 0 ? number(object(prediction[0]).probability) : null,
    answer: answerText(object(prediction[0])),
    isUnsure: error === null && isUnsure(prediction, record),
    border: number(object(map).border),
    model: string(record.model),
    truth: truthOf(entry), answers: null, outcome: "unlabelled", isMany: false, isOpen: false, ranked: new Set(),
    method: string(object(map).method),
    layer: string(object(map).layer),
    target: map === undefined ? null : className(object(map).target),
    mode: map === undefined ? null : (string(object(map).mode) ?? "for"),
    explains: map === undefined ? null : explanationOf(object(map)),
    opposite: oppositeOf(object(map)),
  };
  // A damaged image leaves every map of it doubtful, also where the map's own numbers are in order.
  item.isDamaged = error === null && record.damaged === true;
  if (item.isDamaged && item.verdict === "ok") item.verdict = "damaged";
  item.rank = item.verdict === "failed" ? 0 : item.verdict !== "ok" ? 1 : item.isUnsure ? 2 : 3;
  return item;
}

/** `nulls` last, whichever way the others run. */
const byNumber = (field, sign) => (a, b) => {
  if (a[field] === null || b[field] === null) return (a[field] === null) - (b[field] === null);
  return sign * (a[field] - b[field]);
};
const collator = new Intl.Collator(undefined, { numeric: true });

/** The orders, by their name in the address; what they leave open stays in the order of the records. */
const orders = {
  worst: { title: "Worst first", compare: (a, b) => a.rank - b.rank || byNumber("border", -1)(a, b) },
  unsure: { title: "Least confident first", compare: byNumber("confidence", 1) },
  sure: { title: "Most confident first", compare: byNumber("confidence", -1) },
  border: { title: "Most at the border first", compare: byNumber("border", -1) },
  wrong: { title: "Wrong first, the surest before", compare: (a, b) => (a.outcome !== "wrong") - (b.outcome !== "wrong") || byNumber("confidence", -1)(a, b) },
  name: { title: "By name", compare: (a, b) => collator.compare(a.path, b.path) },
  input: { title: "As in the records", compare: () => 0 },
};
