// On every page of somebody who is signed in: sends what this browser could not send before, and lets nobody sign out
// before that. Needs <html data-person> and the form that signs out. <... data-handed-in="..."> names the deed of a form
// that arrived, so what was kept of it can go; <... data-settle="..."> the path of one that was sent to be kept.

import { drop, leftByOthers } from "./kept_here.js";
import { sendLeft } from "./send_draft.js";

const LONGEST_WAIT = 4000; // ms that signing out waits for a slow server

const person = document.documentElement.dataset.person;
const signOut = document.querySelector('form[action="/sign-out"]');

function sendAll(how) {
  return sendLeft(person, signOut.elements.csrf_token.value, how);
}

function forgetHandedIn() {
  for (const { dataset } of document.querySelectorAll("[data-handed-in]")) {
    for (const { deed, submitted, path, tab } of leftByOthers(person)) {
      if (submitted && deed === dataset.handedIn) drop(person, path, tab);
    }
  }
}

/** Save what stands in this page and what is left of others, then go. */
async function leave(event) {
  event.preventDefault();
  const saving = [];
  document.dispatchEvent(new CustomEvent("opstap:leave", { detail: saving }));
  const slow = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
  await Promise.race([Promise.all([...saving, sendAll({ isLastChance: true })]), slow]);
  signOut.submit();
}

if (person && signOut) {
  forgetHandedIn();
  sendAll({ settle: document.querySelector("[data-settle]")?.dataset.settle });
  window.addEventListener("online", () => sendAll());
  signOut.addEventListener("submit", leave);
}
