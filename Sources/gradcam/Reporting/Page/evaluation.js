// The page of gradcam evaluate: the run, its tables, curves and pictures.

const page = JSON.parse(element("data").textContent);

function showSummary() {
  const { images, failed, not_finite_maps: notFinite } = page.table;
  const parts = [make("span", {}, plural(images, "image"))];
  if (failed > 0) parts.push(make("span", { className: "pill failed" }, `${grouped(failed)} failed`));
  if (notFinite > 0) parts.push(make("span", { className: "pill doubtful" }, `${plural(notFinite, "map")} with NaN or infinite values`));
  if (page.unmarked > 0) parts.push(make("span", { className: "pill doubtful" }, `${grouped(page.unmarked)} without marks`));
  parts.push(make("span", {}, page.date));
  element("summary").replaceChildren(...parts);
}

const REPLACEMENTS = { mean: "the mean colour", blur: "the image blurred", noise: "noise" };

function showAbout() {
  const code = (text) => make("code", {}, text);
  const facts = [
    ["Model", [page.table.model, page.model_sha256 ? make("span", { className: "digest", title: page.model_sha256 }, ` sha256 ${page.model_sha256.slice(0, 12)}…`) : null]],
    ["Methods", [page.methods.join(", ")]], ["Layers", [page.layers.join(", ")]],
    ["Metrics", [page.table.metrics.map((metric) => metric.name).join(", ")]],
    ["Marks", page.marks === null ? null : [page.marks]],
    ["Preprocessing", [page.preprocess]],
    ["Definitions", page.library === null ? null : [`${page.library}'s where it has one, else the papers'`]],
    ["Settings", [[`seed ${page.table.seed}`, page.steps === null ? null : `insertion and deletion in ${page.steps} steps`,
      page.replacement === null ? null : `pixels replaced by ${REPLACEMENTS[page.replacement]}`].filter((one) => one !== null).join("; ")]],
  ].filter(([, what]) => what !== null);
  const verdict = page.verdict.length === 0 ? null : make("div", { className: "callout verdict" },
    ...page.verdict.map((line) => make("p", {}, line)), page.keeping === null ? null : make("p", {}, "To keep it: ", code(page.keeping)));
  element("about").replaceChildren(...[verdict,
    make("dl", {}, ...facts.flatMap(([name, what]) => [make("dt", {}, name), make("dd", {}, ...what.filter((one) => one !== null))]))].filter((one) => one !== null));
}

function showTables() {
  const board = new Leaderboard("all");
  const first = board.rows[0];
  element("table-hint").textContent = board.rows.length === 0 ? "No image was evaluated."
    : "The bar is the mean’s 95 % interval (bootstrap over images), the tick the mean. Press a heading to sort, best first.";
  element("table").replaceChildren(board.root);
  element("table-notes").replaceChildren(...page.notes.map((note) => make("p", {}, note)));
  const groups = page.groups.map((group) => [group, new Leaderboard(group.name)]);
  const boards = [board, ...groups.map(([, one]) => one)];
  if (groups.length > 0) {
    element("groups").hidden = false;
    element("group-tables").replaceChildren(
      ...groups.map(([group, one], index) => make("details", { className: "group", open: index < 4 && one.rows.length <= 16 },
        make("summary", {}, make("b", {}, group.title), make("span", { className: "hint" }, ` ${plural(group.images, "image")}`)), one.root)),
      page.groups_left_out > 0 ? make("p", { className: "hint" }, `${plural(page.groups_left_out, "smaller group")} left out; --json has all`) : "");
  }
  if (board.rows.length < 2) return;
  element("figures").hidden = false;
  const show = (view) => {
    element("show-values").setAttribute("aria-pressed", String(view === "values"));
    element("show-differences").setAttribute("aria-pressed", String(view === "differences"));
    if (view === "differences") element("table-hint").textContent = `Less the first row, ${first.method} at ${first.layer}, image by image; coloured where the interval leaves out 0.`;
    else element("table-hint").textContent = "The bar is the mean’s 95 % interval (bootstrap over images), the tick the mean. Press a heading to sort, best first.";
    for (const one of boards) one.show(view);
  };
  element("show-values").addEventListener("click", () => show("values"));
  element("show-differences").addEventListener("click", () => show("differences"));
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("gradcam-theme", root.dataset.theme); } catch { /* a page from disk may have no storage */ }
}

try {
  const theme = localStorage.getItem("gradcam-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* a page from disk may have no storage */ }
element("theme").addEventListener("click", switchTheme);
addEventListener("beforeprint", () => document.querySelectorAll("details.group").forEach((one) => { one.open = true; }));
showSummary();
showAbout();
showTables();
if (page.curves.length > 0) {
  element("curves").hidden = false;
  new Curves(page.curves).show();
}
if (page.gallery !== null) showGallery(page.gallery);
element("foot").textContent = `Made by gradcam ${page.version}. The page loads nothing from any network.`;
document.documentElement.dataset.ready = "true";
