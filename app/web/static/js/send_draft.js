// Sends drafts, and says what became of them.

import { drop, leftByOthers } from "./kept_here.js";

/** Browsers let a page that is closing send so much and no more. */
const PARTING_BYTES = 60_000;

/** What became of a draft that is kept, where it is not simply saved. */
const KEPT = { 409: "conflict", 410: "gone" };

/**
 * Send fields, a list of [name, value], to the address of a page's draft.
 *
 * Returns {state, version, words}: `saved`; `conflict` when another tab had saved since, and both are kept; `ended` when
 * the session is over; `gone` when it is kept, but what its page showed is there no more; `refused` when the server will
 * not take it as it stands; `down` when it could not be reached.
 */
export async function sendDraft(path, fields, { leaving = false } = {}) {
  const body = new URLSearchParams(fields);
  let answer;
  try {
    answer = await fetch(`${path}/draft`, {
      method: "POST",
      body,
      redirect: "manual",
      keepalive: leaving && body.toString().length < PARTING_BYTES,
    });
  } catch {
    return { state: "down" };
  }
  const version = answer.headers.get("Draft-Version");
  const words = decodeURIComponent(answer.headers.get("Draft-Words") ?? "");
  if (version) return { state: KEPT[answer.status] ?? "saved", version, words };
  return { state: stateOf(answer) };
}

function stateOf(answer) {
  // 400, 401: signed out, or in again since; 409 without a version: somebody else is signed in here now.
  if (answer.type === "opaqueredirect" || [400, 401, 409].includes(answer.status)) return "ended";
  return answer.status >= 500 || answer.status === 0 ? "down" : "refused";
}

/** The fields of what was kept in the browser, as a form would send them. */
export function fieldsOf({ typed, version, unsure = [], enrolment }, csrf) {
  return [
    ...typed,
    ["csrf_token", csrf],
    ["enrolment", enrolment],
    ["draft_version", version],
    ...unsure.map((text) => ["unsure", text]),
  ];
}

/**
 * Send what other tabs left in this browser; what arrived is forgotten here. A form that was sent itself, and of which
 * nobody knows whether it arrived, waits for its own page, unless this is the last chance, or it was sent to be kept:
 * then it was written at the path `settle`, and to send the same text again changes nothing.
 */
export async function sendLeft(person, csrf, { isLastChance = false, settle = "" } = {}) {
  for (const entry of leftByOthers(person)) {
    if (entry.submitted && !isLastChance && entry.path !== settle) continue;
    const { state, version } = await sendDraft(entry.path, fieldsOf(entry, csrf));
    if (version) drop(person, entry.path, entry.tab);
    if (state === "down" || state === "ended") return;
  }
}
