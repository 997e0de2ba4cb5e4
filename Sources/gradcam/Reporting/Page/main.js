// Joins the parts: every change of the state goes through `change`, and everything shown follows from the state.

const page = JSON.parse(element("data").textContent);
page.verdicts = object(page.verdicts);
const items = makeItems(list(page.items));
const unit = list(page.items).length === items.length ? "image" : "map";
let state = readState(location.hash.slice(1), items.length);
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

/** Changes the state, the address and the page. */
function change(edit) {
  const before = JSON.stringify([writeState({ ...state, item: null })]);
  edit(state);
  const isSame = before === JSON.stringify([writeState({ ...state, item: null })]);
  const words = writeState(state);
  // A browser may refuse an address that long, or so many of them: the view changes all the same.
  guarded(() => history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search), () => {});
  show(!isSame);
}

/** Brings the page to the state; with `isChanged` false the results are the same as before. */
function show(isChanged = true) {
  if (isChanged) {
    const { ordered, passing } = select(items, state);
    results = ordered;
    positions.clear();
    results.forEach((item, index) => positions.set(item, index));
    grid.show(results, state.view, details);
    showCount();
    facets.show(state, passing);
  } else {
    facets.show(state, select(items, state).passing);
  }
  element("show-overlay").setAttribute("aria-pressed", String(state.view === "overlay"));
  element("show-original").setAttribute("aria-pressed", String(state.view === "original"));
  element("sort").value = state.sort;
  const item = state.item === null ? null : items[state.item];
  if (item && positions.has(item)) grid.moveTo(positions.get(item));
  detail.show(item, state.view);
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
    button.addEventListener("click", () => { clear(); change(edit); });
    return button;
  };
  element("summary").replaceChildren(make("span", {}, plural(items.length, unit)), ...[
    link(failed, "failed", "failed", "Images that could not be explained", (state) => { state.verdicts = new Set(["failed"]); }),
    link(doubtful, "doubtful", "doubtful", "Maps with another verdict than ok, and maps of damaged images", (state) => { state.verdicts = new Set(doubts); }),
    link(unsure, "unsure", "unsure", "The best class has less than 50 %, or is less than 10 points ahead", (state) => { state.unsure = true; }),
  ].filter(Boolean));
  if (items.length && failed + doubtful + unsure === 0) element("summary").append(make("span", { className: "pill fine" }, "nothing stands out"));
}

/** Takes all filters off, and leaves order and view. */
function clear() {
  element("class-search").value = "";
  facets.classSearch = "";
  change((state) => Object.assign(state, emptyState(), { sort: state.sort, view: state.view }));
}

function showHelp() {
  const keys = [
    ["← → ↑ ↓", "move from card to card; Home, End, Page Up and Page Down go far"], ["Enter", "open a card; ← and → then turn over"],
    ["o or Space", "swap overlays and originals; so does the mouse over a card"], ["/", "search a file name"], ["Esc", "close, or leave the search"], ["?", "this help"],
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
    make("p", {}, "The address holds the filters, the order and the open card: a bookmark brings them back."),
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
  const isControl = target.matches("button, summary, a, [type=checkbox]");
  if (act(event.key, isControl)) event.preventDefault();
}

/** Does what a key asks for; whether it asked for anything. */
function act(key, isControl) {
  if (key === "o" || (key === " " && (!isControl || detail.isOpen && !document.activeElement.matches("summary, a")))) {
    change(toggleView);
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

function listen() {
  addEventListener("keydown", keyPressed);
  addEventListener("hashchange", () => {
    state = readState(location.hash.slice(1), items.length);
    show();
  });
  addEventListener("beforeprint", () => preparePrint(results, state, details));
  addEventListener("afterprint", () => element("print").replaceChildren());
  element("sort").append(...Object.entries(orders).map(([value, order]) => make("option", { value }, order.title)));
  element("sort").addEventListener("change", (event) => change((state) => { state.sort = event.target.value; }));
  element("show-overlay").addEventListener("click", () => change((state) => { state.view = "overlay"; }));
  element("show-original").addEventListener("click", () => change((state) => { state.view = "original"; }));
  element("clear").addEventListener("click", clear);
  element("empty-clear").addEventListener("click", clear);
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
showHelp();
show();
document.documentElement.dataset.ready = "true";
performance.mark("ready");
