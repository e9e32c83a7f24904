// What was typed and has not reached the server yet: kept in this browser, for one person, a page and a tab at a time.
// `person` is a sign that only the server can read, never a name or an address.

const PREFIX = "opstap";

/** This page as it was opened: two tabs of one address keep one text each. */
export const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");

const keyOf = (person, path, tab) => [PREFIX, person, path, tab].join(" ");

/** Run what needs the browser's storage; where that is closed or full, nothing is kept and nothing breaks. */
function withStorage(deed, otherwise) {
  try {
    return deed(window.localStorage);
  } catch {
    return otherwise;
  }
}

/** Keep what stands in this tab: {typed, version, ...}. Says whether that worked. */
export function keep(person, path, entry) {
  return withStorage((storage) => {
    storage.setItem(keyOf(person, path, TAB), JSON.stringify({ ...entry, at: Date.now() }));
    return true;
  }, false);
}

/** Forget what a tab kept; this one, unless another is named. */
export function drop(person, path, tab = TAB) {
  withStorage((storage) => storage.removeItem(keyOf(person, path, tab)));
}

/** What other tabs, open or closed, kept of this person: {path, tab, typed, ...}, the newest first. */
export function leftByOthers(person) {
  return withStorage((storage) => {
    const found = [];
    for (const key of Object.keys(storage)) {
      const [prefix, owner, path, tab] = key.split(" ");
      if (prefix === PREFIX && owner === person && tab !== TAB) found.push({ ...JSON.parse(storage.getItem(key)), path, tab });
    }
    return found.sort((one, other) => other.at - one.at);
  }, []);
}

/** Forget all that was kept of a person, whatever the page and the tab. */
export function forget(person) {
  withStorage((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(`${PREFIX} ${person} `)) storage.removeItem(key);
  });
}
