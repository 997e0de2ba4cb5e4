// Joins the parts: every change of the state goes through `change`, and everything shown follows from the state.

const page = JSON.parse(element("data").textContent);
page.verdicts = object(page.verdicts);
const items = makeItems(list(page.items));
const unit = list(page.items).length === items.length ? "image" : "map";
let state = readState(location.hash.slice(1), items.length, list(page.items).length);
let results = [];
const positions = new Map();

const grid = new Grid(element("grid"), (item) => change((state) => { state.item = item.id; }));
const facets = new Facets(items, change);
const detail = new Detail(change, (item) => ({
  position: positions.get(item) ?? null,
  count: results.length,
  item: (by) => (positions.has(item) ? results[positions.get(item) + by] : undefined),
}));
/** What cards say of a map beside what it explains; null where there is no map. */
const details = items.some((item) => item.map) ? facets.choices : null;
const table = new Confusion(items, (edit) => {
  const { model } = state;
  clear((state) => edit(Object.assign(state, { model })));
});
/** The marks changed while a card was open: filters by marks are followed when it closes, so that the next card is the next. */
let isMarked = false;

/** What decides which cards are shown how, as one text. */
const viewText = (state) => writeState({ ...state, item: null, marks: new Map() });

/** Changes the state, the address and the page. */
function change(edit) {
  const [before, marks] = [viewText(state), markText(state)];
  edit(state);
  if (marks !== markText(state)) isMarked = true;
  const isSame = before === viewText(state) && (!isMarked || state.item !== null);
  const words = writeState(state);
  // A browser may refuse an address that long, or so many of them: the view changes all the same.
  guarded(() => history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search), () => {});
  show(!isSame);
}

/** The marks as one text; a state without marks, as most are, costs nothing. */
const markText = (state) => (state.marks.size === 0 ? "" : JSON.stringify([...state.marks]));

/** Brings the page to the state; with `isChanged` false the results are the same as before. */
function show(isChanged = true) {
  if (isChanged) {
    const { ordered, passing } = select(items, state);
    results = ordered;
    isMarked = false;
    positions.clear();
    results.forEach((item, index) => positions.set(item, index));
    grid.show(results, state.view, details);
    showCount();
    facets.show(state, passing);
  } else {
    facets.show(state, select(items, state).passing);
  }
  table.show(state);
  showMarks();
  element("show-overlay").setAttribute("aria-pressed", String(state.view === "overlay"));
  element("show-original").setAttribute("aria-pressed", String(state.view === "original"));
  element("sort").value = state.sort;
  const item = state.item === null ? null : items[state.item];
  if (item && positions.has(item)) grid.moveTo(positions.get(item));
  detail.show(item, state.view);
}

/** How many marks there are, and which the address cannot keep. */
function showMarks() {
  const left = writeMarks(state.marks, new URLSearchParams());
  const words = state.marks.size === 0 ? [] : [`${plural(state.marks.size, "mark")}, kept in the page's address.`];
  if (left > 0) words.push(`${grouped(left)} find no room there: save them.`);
  if (state.isForeign) words.push("The address has marks of another page; they are left out.");
  element("marks-note").textContent = words.join(" ");
  element("save-marks").disabled = state.marks.size === 0;
}

function showCount() {
  const all = plural(items.length, unit);
  element("count").textContent = results.length === items.length ? all : `${grouped(results.length)} of ${all}`;
  element("empty").hidden = results.length > 0;
  element("empty").firstElementChild.textContent = items.length ? "Nothing passes these filters." : "These records hold no image.";
  element("empty-clear").hidden = items.length === 0;
}

/** What deserves a look, at the top: each number is a button that shows just those. */
function showSummary() {
  const failed = items.filter((item) => item.rank === 0).length;
  const doubtful = items.filter((item) => item.rank === 1).length;
  const unsure = items.filter((item) => item.isUnsure).length;
  const doubts = [...new Set(items.filter((item) => item.rank === 1).map((item) => item.verdict))];
  const link = (count, word, kind, title, edit) => {
    if (count === 0) return null;
    const button = make("button", { type: "button", className: `pill ${kind}`, title }, make("b", {}, grouped(count)), ` ${word}`);
    button.addEventListener("click", () => clear(edit));
    return button;
  };
  element("summary").replaceChildren(make("span", {}, plural(items.length, unit)), ...[
    link(failed, "failed", "failed", "Images that could not be explained", (state) => { state.verdicts = new Set(["failed"]); }),
    link(doubtful, "doubtful", "doubtful", "Maps with another verdict than ok, and maps of damaged images", (state) => { state.verdicts = new Set(doubts); }),
    link(unsure, "unsure", "unsure", "The best class has less than 50 %, or is less than 10 points ahead", (state) => { state.unsure = true; }),
  ].filter(Boolean));
  if (items.length && failed + doubtful + unsure === 0) element("summary").append(make("span", { className: "pill fine" }, "nothing stands out"));
}

/** Takes all filters off, leaves order and view, and then changes the state by `edit`. */
function clear(edit = () => {}) {
  element("class-search").value = "";
  facets.classSearch = "";
  change((state) => edit(Object.assign(state, emptyState(), { sort: state.sort, view: state.view, marks: state.marks, isForeign: state.isForeign })));
}

function showHelp() {
  const keys = [
    ["← → ↑ ↓", "move from card to card; Home, End, Page Up and Page Down go far"], ["Enter", "open a card; ← and → then turn over"],
    ["o or Space", "swap overlays and originals; so does the mouse over a card"], ["/", "search a file name"],
    ["a d u", "mark the open card, or the one that the arrows are at: agree, disagree, unsure; again takes the mark off"], ["Esc", "close, or leave the search"], ["?", "this help"],
  ];
  const marks = [
    ["failed", "The image could not be explained; the card says why."],
    ["doubtful", `The map's verdict is not ok: ${Object.entries(page.verdicts).map(([name, meaning]) => `${name} (${meaning})`).join("; ")}.`],
    ["unsure", "The best class has less than 50 %, or less than 10 points more than the next. The map explains an answer that the model hardly gives."],
  ];
  element("help-body").replaceChildren(
    make("h3", {}, "Keys"), make("dl", { className: "keys" }, ...keys.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)])),
    make("h3", {}, "Marks"), make("dl", { className: "keys" }, ...marks.flatMap(([mark, what]) => [make("dt", {}, make("span", { className: `badge ${mark}` }, mark)), make("dd", {}, what)])),
    make("h3", {}, "Order"), make("p", {}, "Worst first lists failed images, maps whose verdict is not ok or whose image is damaged, unsure answers, then the rest; in each the maps with the most at their border come first, where a network rarely has its reasons."),
    ...(hasTruth() ? [make("p", {}, `Right: the best class is among the true ones. Where a model gives each class its own probability, the classes from ${predictedFrom * 100} % on have to be the true ones; a record names five at most, so that an answer may stay open.`)] : []),
    make("p", {}, "The address holds the filters, the order, the open card and your marks: a bookmark brings them back."),
    make("p", { className: "hint" }, `Made by gradcam ${page.version}. The page loads nothing from any network.`));
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = getComputedStyle(root).colorScheme === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("gradcam-theme", root.dataset.theme); } catch { /* a page from disk may have no storage */ }
}

function openFilters(isOpen) {
  document.body.classList.toggle("filtering", isOpen);
  element("filters-open").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) element("filters-close").focus();
  else element("filters-open").focus();
}

function keyPressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  const target = event.target;
  if (target.matches("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape" && target.matches("[type=search]")) {
      event.preventDefault();
      target.blur();
    }
    return;
  }
  const isControl = target.matches("button, summary, a, [type=checkbox], .well");
  if (act(event.key, isControl)) event.preventDefault();
}

/** Does what a key asks for; whether it asked for anything. */
function act(key, isControl) {
  if (key === "o" || (key === " " && (!isControl || detail.isOpen && !document.activeElement.matches("summary, a")))) {
    change(toggleView);
  } else if (markNames.some((name) => markKinds[name].letter === key)) {
    return markBy(key);
  } else if (key === "?") {
    element("help").showModal();
  } else if (detail.isOpen) {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return false;
    detail.step(key === "ArrowLeft" ? -1 : 1);
  } else if (key === "Escape" && document.body.classList.contains("filtering")) {
    openFilters(false);
  } else if (key === "/") {
    if (getComputedStyle(element("filters-open")).display !== "none") openFilters(true);
    element("search").focus();
    element("search").select();
  } else if (key === "Enter" && !isControl && results.length) {
    change((state) => { state.item = results[grid.active].id; });
  } else if (!isControl && grid.moveBy(key)) {
    element("grid").focus({ preventScroll: true });
  } else {
    return false;
  }
  return true;
}

/** Marks the open card, or the one that the arrows are at; whether there is one. */
function markBy(key) {
  const item = detail.isOpen ? detail.item : document.activeElement === element("grid") ? results[grid.active] : undefined;
  if (!item) return false;
  change((state) => toggleMark(state, item, markNames.find((name) => markKinds[name].letter === key)));
  return true;
}

function listen() {
  addEventListener("keydown", keyPressed);
  addEventListener("hashchange", () => {
    state = readState(location.hash.slice(1), items.length, list(page.items).length);
    show();
  });
  addEventListener("beforeprint", () => preparePrint(results, state, details));
  addEventListener("afterprint", () => element("print").replaceChildren());
  element("sort").append(...Object.entries(orders).filter(([value]) => value !== "wrong" || hasTruth()).map(([value, order]) => make("option", { value }, order.title)));
  element("sort").addEventListener("change", (event) => change((state) => { state.sort = event.target.value; }));
  element("show-overlay").addEventListener("click", () => change((state) => { state.view = "overlay"; }));
  element("show-original").addEventListener("click", () => change((state) => { state.view = "original"; }));
  listenToFiles();
  element("clear").addEventListener("click", () => clear());
  element("empty-clear").addEventListener("click", () => clear());
  element("filters-open").addEventListener("click", () => openFilters(true));
  element("filters-close").addEventListener("click", () => openFilters(false));
  element("theme").addEventListener("click", switchTheme);
  element("help-open").addEventListener("click", () => element("help").showModal());
  element("help-close").addEventListener("click", () => element("help").close());
}

try {
  const theme = localStorage.getItem("gradcam-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* a page from disk may have no storage */ }
listen();
showSummary();
showAbout(items);
showHelp();
show();
document.documentElement.dataset.ready = "true";
performance.mark("ready");
