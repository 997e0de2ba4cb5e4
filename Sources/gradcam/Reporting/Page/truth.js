// What the truth says of the answers. An image may have several classes; a model that answers each class by itself may
// predict several, and of those a record names five at most.

/** A class of several at once is predicted from this probability on. */
const predictedFrom = 0.5;
/** As many classes a record ranks at most. */
const mostRanked = 5;

/** Whether the page was given a truth. */
const hasTruth = () => Array.isArray(object(page.truth).classes);

/** The names of an image's classes; null where the truth says nothing of it. */
function truthOf(entry) {
  const places = object(entry).truth;
  if (!Array.isArray(places)) return null;
  return places.map((place) => string(object(page.truth).classes[place])).filter((name) => name !== null);
}

/** How an answer stands to the truth, by its name in the address: title, and the badge's kind. */
const outcomes = {
  right: { title: "right", kind: "fine" },
  wrong: { title: "wrong", kind: "failed" },
  open: { title: "open", kind: "unsure", hint: "the record does not name all the classes that the model predicts" },
  none: { title: "no prediction", kind: "failed" },
  unlabelled: { title: "without truth", kind: "doubtful" },
};

/** The sides on which an answer may stand to one class. */
const sides = { fp: "false positive", fn: "false negative", tp: "true positive", tn: "true negative" };

/** Models whose classes have probabilities of their own, by what the records call them. */
function manyClassModels(items) {
  const independent = (item) => {
    const [best, next] = item.prediction.map((entry) => number(object(entry).probability));
    return areIndependent(item.record, best, next);
  };
  return new Set(items.filter(independent).map((item) => item.model));
}

/**
 * By model: `named`, the classes that its records name; `others`, those that it may have since a model that names a class in common
 * with it has them; and `isAll`, whether no class is missing in `named`.
 */
const classesOf = new Map();
/** The classes that any model's records name. */
const namedClasses = new Set();

function learnClasses(items) {
  for (const item of items) {
    if (!classesOf.has(item.model)) classesOf.set(item.model, { named: new Set(), others: new Set(), isAll: true });
    const classes = classesOf.get(item.model);
    for (const name of item.ranked) classes.named.add(name);
    const target = object(object(item.map).target);
    if (number(target.index) !== null || string(target.label)) classes.named.add(className(target));
    if (item.prediction.length >= mostRanked) classes.isAll = false;
  }
  const all = [...classesOf.values()];
  for (const classes of all) {
    if (classes.named.size === 0) classes.isAll = false;
    for (const name of classes.named) namedClasses.add(name);
    if (classes.isAll) continue;
    for (const { named } of all) {
      if ([...named].some((name) => classes.named.has(name))) for (const name of named) classes.others.add(name);
    }
  }
}

/** Whether a model has a class, as far as the records tell; a record names five classes at most. */
function hasClass(model, name) {
  const classes = classesOf.get(model);
  if (classes === undefined) return true;
  return classes.named.has(name) || (!classes.isAll && (classes.others.has(name) || !namedClasses.has(name)));
}

/** Gives each item what its model predicts, `answers`, null where it predicts nothing; and its `outcome`. */
function judge(items) {
  if (!hasTruth()) return;
  const many = manyClassModels(items);
  for (const item of items) item.ranked = new Set(item.prediction.map(className));
  learnClasses(items);
  for (const item of items) {
    item.isMany = many.has(item.model);
    const shares = item.prediction.map((entry) => number(object(entry).probability));
    if (item.error !== null || item.label === null) {
      item.answers = null;
    } else if (!item.isMany || shares.includes(null)) {
      item.answers = new Set([item.label]);
    } else {
      item.answers = new Set(item.prediction.filter((_, index) => shares[index] >= predictedFrom).map(className));
      item.isOpen = shares.length >= mostRanked && shares.every((share) => share >= predictedFrom);
    }
    item.outcome = outcomeOf(item);
  }
}

function outcomeOf(item) {
  if (item.truth === null) return "unlabelled";
  if (item.answers === null) return "none";
  if (!item.isMany) return item.truth.includes(item.label) ? "right" : "wrong";
  // A class of another model's cannot be missed.
  const isOthers = (name) => namedClasses.has(name) && !hasClass(item.model, name);
  const isMissed = item.truth.some((name) => !item.answers.has(name) && !isOthers(name) && !(item.isOpen && !item.ranked.has(name)));
  if (isMissed || [...item.answers].some((name) => !item.truth.includes(name))) return "wrong";
  return item.isOpen ? "open" : "right";
}

/** On which side of a class an item's answer stands; null where nobody knows. */
function sideOf(item, name) {
  if (!item.truth || !item.answers || !hasClass(item.model, name)) return null;
  if (item.isOpen && !item.ranked.has(name)) return null;
  return `${item.truth.includes(name) === item.answers.has(name) ? "t" : "f"}${item.answers.has(name) ? "p" : "n"}`;
}

/** The items of each model, in the order of the records; of failures that name no model, those that count for it. */
function byModel(items) {
  const groups = new Map();
  for (const item of items) {
    for (const model of item.models ?? [item.model]) {
      if (!groups.has(model)) groups.set(model, []);
      groups.get(model).push(item);
    }
  }
  return groups;
}

/** One item an image and model: maps of an image share their answer. */
const oneEach = (items) => items.filter((item) => item.siblings[0] === item);

/** Every class that the truth or a prediction names, in order. */
function allClasses(items) {
  const names = new Set(list(object(page.truth).classes).map(string).filter((name) => name !== null));
  for (const item of items) for (const name of item.ranked) names.add(name);
  return [...names].sort(collator.compare);
}

/** Whether a table of true by predicted classes says all: no image has several, and no model predicts several. */
const isOneClassEach = (items) => items.every((item) => !item.isMany && (item.truth === null || item.truth.length < 2));

/**
 * By class how many images of one model stand on each side: `{ tp, fp, fn, tn, open, none }`, the last those of the class without a
 * prediction. Takes time by what is named, not by classes.
 */
function countSides(items, names) {
  const judged = items.filter((item) => item.truth && item.answers);
  const counts = new Map(names.map((name) => [name, { tp: 0, fp: 0, fn: 0, tn: 0, open: 0, none: 0 }]));
  const open = judged.filter((item) => item.isOpen);
  for (const item of judged) {
    for (const name of new Set([...item.truth, ...item.answers])) if (counts.has(name)) counts.get(name)[sideOf(item, name) ?? "open"] += 1;
  }
  for (const item of items) {
    if (item.truth && !item.answers) for (const name of new Set(item.truth)) if (counts.has(name)) counts.get(name).none += 1;
  }
  for (const [name, count] of counts) {
    for (const item of open) if (!item.ranked.has(name) && !item.truth.includes(name)) count.open += 1;
    count.tn = judged.length - count.tp - count.fp - count.fn - count.open;
  }
  return counts;
}

/** How often each true class is predicted as which: by true class, by predicted class; `""` is none of either. */
function confusion(items) {
  const table = new Map();
  for (const item of items) {
    if (item.truth === null) continue;
    const [truth, predicted] = [item.truth[0] ?? "", item.label ?? ""];
    if (!table.has(truth)) table.set(truth, new Map());
    table.get(truth).set(predicted, (table.get(truth).get(predicted) ?? 0) + 1);
  }
  return table;
}
