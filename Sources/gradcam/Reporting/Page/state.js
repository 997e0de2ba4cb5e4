// What is shown, and its copy in the address: a view can be bookmarked and sent to others.

const emptyState = () => ({
  search: "", classes: new Set(), verdicts: new Set(), unsure: false, least: 0, most: 100,
  outcomes: new Set(), truths: new Set(), about: "", side: "", reviews: new Set(),
  model: "", method: "", layer: "", target: "", mode: "", sort: "worst", view: "overlay", item: null,
  marks: new Map(), isForeign: false,
});

/** Filters that are sets of names, by their name in the address. */
const setKeys = { class: "classes", verdict: "verdicts", outcome: "outcomes", truth: "truths", review: "reviews" };

/** Those that a page without truth has no controls for. */
const truthKeys = ["outcomes", "truths"];

/** The state as the part of an address behind `#`; empty where nothing is unusual. */
function writeState(state) {
  const words = new URLSearchParams();
  if (state.search) words.set("name", state.search);
  for (const [name, key] of Object.entries(setKeys)) for (const value of state[key]) words.append(name, value);
  if (state.unsure) words.set("unsure", "1");
  if (state.least > 0) words.set("from", String(state.least));
  if (state.most < 100) words.set("to", String(state.most));
  if (state.about) words.set("about", state.about);
  if (state.side) words.set("side", state.side);
  for (const key of choiceKeys) if (state[key]) words.set(key, state[key]);
  if (state.sort !== "worst") words.set("sort", state.sort);
  if (state.view !== "overlay") words.set("view", state.view);
  if (state.item !== null) words.set("item", String(state.item));
  writeMarks(state.marks, words);
  return words.toString();
}

/** The state that an address asks for; what makes no sense in it is passed over. */
function readState(text, itemCount, entryCount) {
  const words = new URLSearchParams(text);
  const state = emptyState();
  state.search = words.get("name") ?? "";
  for (const [name, key] of Object.entries(setKeys)) if (hasTruth() || !truthKeys.includes(key)) state[key] = new Set(words.getAll(name));
  state.unsure = words.get("unsure") === "1";
  state.least = percent(words.get("from"), 0);
  state.most = percent(words.get("to"), 100);
  if (hasTruth()) state.about = words.get("about") ?? "";
  if (hasTruth() && Object.hasOwn(sides, words.get("side") ?? "")) state.side = words.get("side");
  for (const key of choiceKeys) state[key] = words.get(key) ?? "";
  if (Object.hasOwn(orders, words.get("sort") ?? "") && (hasTruth() || words.get("sort") !== "wrong")) state.sort = words.get("sort");
  if (words.get("view") === "original") state.view = "original";
  const item = /^\d{1,9}$/.test(words.get("item") ?? "") ? Number(words.get("item")) : null;
  state.item = item !== null && item < itemCount ? item : null;
  Object.assign(state, readMarks(words, entryCount));
  return state;
}

/** A whole number from 0 to 100; `otherwise` for anything else. */
function percent(text, otherwise) {
  return /^\d{1,3}$/.test(text ?? "") && Number(text) <= 100 ? Number(text) : otherwise;
}

/** Fields of an item that are worth choosing by where a run has several values of them. */
const choiceKeys = ["model", "method", "layer", "target", "mode"];

/** The filters, each a test of an item; their order is that of the bits below. */
const filters = {
  search: (state, item) => item.search.includes(state.search.trim().toLowerCase()),
  verdict: (state, item) => state.verdicts.size === 0 || state.verdicts.has(item.verdict),
  unsure: (state, item) => !state.unsure || item.isUnsure,
  confidence: (state, item) => isInRange(item.confidence, state.least, state.most),
  class: (state, item) => state.classes.size === 0 || state.classes.has(item.label ?? ""),
  outcome: (state, item) => state.outcomes.size === 0 || state.outcomes.has(item.outcome),
  truth: (state, item) => state.truths.size === 0 || (item.truth !== null && truthNames(item).some((name) => state.truths.has(name))),
  side: (state, item) => state.about === "" || state.side === "" || sideOf(item, state.about) === state.side,
  review: (state, item) => state.reviews.size === 0 || state.reviews.has(markOf(state, item)),
  model: (state, item) => state.model === "" || isOf(item, state.model),
  method: (state, item) => state.method === "" || state.method === item.method,
  layer: (state, item) => state.layer === "" || state.layer === item.layer,
  target: (state, item) => state.target === "" || state.target === item.target,
  mode: (state, item) => state.mode === "" || state.mode === item.mode,
};
const filterNames = Object.keys(filters);

/** The true classes of an item; one empty name where it has none of them, and nothing where that is not known. */
const truthNames = (item) => (item.truth === null ? [] : item.truth.length === 0 ? [""] : item.truth);

/** Whether a probability lies from `least` to below `most` percent; 100 % belongs to the uppermost range. */
function isInRange(confidence, least, most) {
  if (least === 0 && most === 100) return true;
  if (confidence === null) return false;
  const value = confidence * 100;
  return value >= least && (value < most || (most === 100 && value <= 100));
}

/** How many filters are set. */
function filterCount(state) {
  return [
    state.search.trim() !== "", state.unsure, state.about !== "" && state.side !== "",
    ...Object.values(setKeys).map((key) => state[key].size > 0), state.least > 0 || state.most < 100, ...choiceKeys.map((key) => state[key] !== ""),
  ].filter(Boolean).length;
}

/**
 * The items that pass all filters, in the state's order; and for each filter those that pass all others, of which its
 * counts are made: what one would get by choosing there.
 */
function select(items, state) {
  const chosen = [];
  const others = Object.fromEntries(filterNames.map((name) => [name, []]));
  for (const item of items) {
    const failed = filterNames.filter((name) => !filters[name](state, item));
    if (failed.length > 1) continue;
    if (failed.length === 1) {
      others[failed[0]].push(item);
    } else {
      chosen.push(item);
    }
  }
  // An item that passes everything counts everywhere; the two lists of each name are only joined by those who count.
  const passing = (name) => [chosen, others[name]];
  const ordered = state.sort === "input" ? chosen : chosen.toSorted(orders[state.sort].compare);
  return { ordered, passing };
}

/** How often `key` of an item has each value, in the lists that `passing` gives. */
function tally(lists, key) {
  const counts = new Map();
  for (const items of lists) {
    for (const item of items) {
      const value = key(item);
      // An item may have several values.
      for (const one of Array.isArray(value) ? value : [value]) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
  }
  return counts;
}
