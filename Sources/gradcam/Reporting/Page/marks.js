// A reviewer's marks: what somebody thinks of an image's answer. They are part of the state, and so of the address.

/** The marks, by their name in the address: the letter in its list, and the badge's kind. */
const markKinds = { agree: { letter: "a", kind: "fine" }, disagree: { letter: "d", kind: "failed" }, unsure: { letter: "u", kind: "unsure" } };
const markNames = Object.keys(markKinds);
/** As many characters a note may have. */
const longestNote = 200;
/** As many characters of marks and notes an address takes; a browser would refuse far longer ones. */
const mostMarkWords = 60000;

/** What tells this page's records from others': marks count by place, and would say nonsense of other images. */
function pageDigest() {
  if (pageDigest.value) return pageDigest.value;
  let hash = 0x811c9dc5;
  for (const entry of list(page.items)) {
    const record = object(object(entry).record);
    const name = `${string(record.image)}\0${string(record.model)}\n`;
    for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  pageDigest.value = hash.toString(36);
  return pageDigest.value;
}

/** Adds marks to an address: `marks=DIGEST.0a1d2u`, each the distance from the one before and a letter, and notes. Returns how many found no room. */
function writeMarks(marks, words) {
  if (marks.size === 0) return 0;
  let [text, before, left, room] = ["", 0, 0, mostMarkWords];
  const entries = [...marks].sort((a, b) => a[0] - b[0]);
  for (const [place, { mark }] of entries) {
    const word = `${(place - before).toString(36).toUpperCase()}${markKinds[mark]?.letter ?? "n"}`;
    if (word.length > room) {
      left += 1;
      continue;
    }
    text += word;
    [before, room] = [place, room - word.length];
  }
  words.set("marks", `${pageDigest()}.${text}`);
  for (const [place, { note }] of entries) {
    if (!note) continue;
    const word = `${place.toString(36)}.${note}`;
    const length = encodeURIComponent(word).length + 6;
    if (length > room) {
      left += 1;
      continue;
    }
    words.append("note", word);
    room -= length;
  }
  return left;
}

/** The marks of an address, by an image's place; `isForeign` where they are of another page. */
function readMarks(words, count) {
  const marks = new Map();
  const [digest, text] = (words.get("marks") ?? "").split(".");
  if (!digest) return { marks, isForeign: false };
  if (digest !== pageDigest()) return { marks, isForeign: true };
  let place = 0;
  for (const [, by, letter] of (text ?? "").matchAll(/([0-9A-Z]{1,6})([adun])/g)) {
    place += parseInt(by, 36);
    if (place >= count) break;
    marks.set(place, { mark: markNames.find((name) => markKinds[name].letter === letter) ?? null, note: "" });
  }
  for (const word of words.getAll("note")) {
    const [, at, note] = /^([0-9a-z]{1,6})\.([^]*)$/.exec(word) ?? [];
    const known = at === undefined ? undefined : marks.get(parseInt(at, 36));
    if (known) known.note = note.slice(0, longestNote);
  }
  return { marks, isForeign: false };
}

/** The mark of an item's image: a name, or `none`. */
const markOf = (state, item) => state.marks.get(item.entry)?.mark ?? "none";

/** Sets a mark or a note, and forgets an image that has neither. */
function setMark(state, item, change) {
  const { mark, note } = { mark: null, note: "", ...state.marks.get(item.entry), ...change };
  if (mark === null && note === "") state.marks.delete(item.entry);
  else state.marks.set(item.entry, { mark, note });
}

/** Sets a mark, or takes it off where it is set. */
const toggleMark = (state, item, mark) => setMark(state, item, { mark: markOf(state, item) === mark ? null : mark });
