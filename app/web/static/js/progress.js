// Tells how far a file is read: <div data-progress="address">, with a <progress> and its words in data-progress-words.
// When it is read, the page opens anew. Without this the page opens itself anew every two seconds.

const PAUSE = 400; // ms between two looks
const AGAIN = 4000; // ms until the next one while the server is away

const place = document.querySelector("[data-progress]");
const bar = place.querySelector("progress");
const words = place.querySelector("[data-progress-words]");

async function look() {
  let answer;
  try {
    answer = await fetch(place.dataset.progress, { redirect: "manual" });
    if (answer.status >= 500) throw new Error();
  } catch {
    return setTimeout(look, AGAIN);
  }
  const told = answer.ok ? await answer.json() : {}; // else signed out, or thrown away: the page itself says so
  if (!told.reading) return location.reload();
  if (told.total !== null) Object.assign(bar, { max: told.total, value: told.read });
  words.textContent = told.words;
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
