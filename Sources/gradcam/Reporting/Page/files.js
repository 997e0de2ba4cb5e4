// Files that the page makes, and one that it reads: the list of what is shown, and a reviewer's marks.

/** Hands a file to the browser to be saved. */
function save(name, bytes, type) {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** A recorded path to the byte. */
function pathBytes(record) {
  const encoded = string(record.image_base64);
  if (encoded !== null) return Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  return new TextEncoder().encode(string(record.image) ?? "");
}

/** The images' paths as `--files-from` takes them: a line each, or with a NUL behind each where a line could not hold one. */
function pathList(items) {
  const [paths, seen] = [[], new Set()];
  for (const item of items) {
    const path = guarded(() => pathBytes(item.record), () => new Uint8Array());
    const key = path.join();
    // Standard input cannot be read again.
    if (path.length === 0 || seen.has(key) || item.path === "-") continue;
    seen.add(key);
    paths.push(path);
  }
  const isOdd = paths.some((path) => path.includes(10) || path[path.length - 1] === 13);
  const separator = isOdd ? 0 : 10;
  const bytes = new Uint8Array(paths.reduce((sum, path) => sum + path.length + 1, 0));
  let place = 0;
  for (const path of paths) {
    bytes.set(path, place);
    bytes[place + path.length] = separator;
    place += path.length + 1;
  }
  return { bytes, count: paths.length, isOdd };
}

/** A table's row (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it, as in the tool's tables. */
function tableRow(cells) {
  return `${cells.map((cell) => {
    const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
  }).join(",")}\r\n`;
}

const markColumns = ["image", "image_base64", "model", "mark", "note", "prediction", "probability", "truth"];

/** The marks as a table, a row an image, in the order of the records. */
function markTable(items, marks) {
  const rows = items.filter((item) => marks.has(item.entry)).map((item) => {
    const { mark, note } = marks.get(item.entry);
    return [item.path, string(item.record.image_base64) ?? "", item.model ?? "", mark ?? "", note, item.label ?? "",
      item.confidence === null ? "" : String(item.confidence), (item.truth ?? []).join("; ")];
  });
  return [markColumns, ...rows].map(tableRow).join("");
}

/** The rows of a table; null where a quotation mark is not closed. */
function parseTable(text) {
  const rows = [[""]];
  let isQuoted = false;
  const cell = (add) => { const row = rows[rows.length - 1]; row[row.length - 1] += add; };
  for (let place = 0; place < text.length; place++) {
    const letter = text[place];
    if (isQuoted && letter === "\"" && text[place + 1] === "\"") { cell("\""); place++; }
    else if (letter === "\"" && (isQuoted || rows.at(-1).at(-1) === "")) isQuoted = !isQuoted;
    else if (!isQuoted && letter === ",") rows.at(-1).push("");
    else if (!isQuoted && letter === "\n") rows.push([""]);
    else if (isQuoted || letter !== "\r") cell(letter);
  }
  return isQuoted ? null : rows.filter((row) => row.length > 1 || row[0] !== "");
}

/** Takes over the marks of a table that `markTable` made, here or on another page. Returns what to tell of it. */
function loadMarks(text, items, state) {
  const rows = parseTable(text.replace(/^\uFEFF/, ""));
  const heading = rows?.shift() ?? [];
  const at = Object.fromEntries(markColumns.map((name) => [name, heading.indexOf(name)]));
  if (!rows || at.image < 0 || at.mark < 0) return "That file is no table of marks: its heading has image and mark.";
  const known = new Map();
  for (const item of items) {
    for (const key of [`${item.path}\0${item.model ?? ""}`, item.path]) known.set(key, known.has(key) ? null : item);
  }
  let [taken, strange] = [0, 0];
  for (const row of rows) {
    const value = (name) => row[at[name]] ?? "";
    const bare = (text) => (/^'[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? text.slice(1) : text);
    const find = (path) => known.get(`${path}\0${bare(value("model"))}`) ?? known.get(path);
    const item = find(value("image")) ?? find(bare(value("image")));
    const mark = markNames.includes(value("mark")) ? value("mark") : null;
    if (!item) {
      strange += 1;
      continue;
    }
    setMark(state, item, { mark, note: bare(value("note")).slice(0, longestNote) });
    taken += 1;
  }
  return `Took ${plural(taken, "mark")}.${strange ? ` ${plural(strange, "row")} of images that this page lacks.` : ""}`;
}

/** The buttons below the filters. */
function listenToFiles() {
  const tell = (text) => { element("files-note").textContent = text; };
  element("save-list").addEventListener("click", () => {
    const { bytes, count, isOdd } = pathList(results);
    save(isOdd ? "gradcam-list.nul" : "gradcam-list.txt", bytes, "application/octet-stream");
    tell(`${plural(count, "path")}, for gradcam explain --files-from FILE${isOdd ? " --null: a name holds a line end" : ""}, in the folder that the run was made in.`);
  });
  element("save-marks").addEventListener("click", () => {
    save("gradcam-marks.csv", markTable(oneEach(items), state.marks), "text/csv");
    tell(`${plural(state.marks.size, "mark")} saved.`);
  });
  element("load-marks").addEventListener("click", () => element("marks-file").click());
  element("marks-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const text = await file.text().catch(() => "");
    change((state) => tell(loadMarks(text, oneEach(items), state)));
    event.target.value = "";
  });
}
