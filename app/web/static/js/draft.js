// Saves a form while it is filled in: <form data-draft data-path data-deed>, in a page that says whose it is with
// <html data-person>. Without it the form works the same, with a button to save.

import { drop, keep, leftByOthers } from "./kept_here.js";
import { sendDraft } from "./send_draft.js";

const PAUSE = 1200; // ms without a key, and it is saved
const AGAIN = 8000; // ms until the next try while the server is away

class Draft {
  constructor(form) {
    this.form = form;
    ({ path: this.path, deed: this.deed } = form.dataset);
    this.person = document.documentElement.dataset.person;
    this.status = document.querySelector("[data-draft-status]");
    this.timer = 0;
    this.sending = null;
    this.unsure = []; // texts that were sent, and nobody knows whether they arrived
    this.leavingFor = null; // the button that sends the form
    // A page that came back with errors holds what was sent; it is not saved yet.
    this.saved = "unsaved" in form.dataset ? null : this.typedNow();
    this.restore();
    this.listen();
    if (this.typedNow() !== this.saved) this.save();
  }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.save());
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", () => (this.leavingFor = null));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    // Who signs somebody out waits for this.
    document.addEventListener("opstap:leave", (event) => event.detail.push(this.save()));
  }

  // ---- what stands in the form

  /** What was typed or chosen, a list of [name, value]: hidden fields are the page's own. */
  typed() {
    const own = new Set([...this.form.elements].filter((one) => one.type === "hidden").map((one) => one.name));
    return [...new FormData(this.form)].filter(([name]) => !own.has(name));
  }

  typedNow() {
    return JSON.stringify(this.typed());
  }

  keepHere(more = {}) {
    return keep(this.person, this.path, {
      typed: this.typed(),
      version: this.form.elements.draft_version.value,
      enrolment: this.form.elements.enrolment.value,
      unsure: this.unsure,
      deed: this.deed,
      ...more,
    });
  }

  /** Put back what a tab of this browser could not send; the newest of several, the others leave as they are. */
  restore() {
    const left = leftByOthers(this.person).filter((entry) => entry.path === this.path);
    for (const entry of left) {
      const arrived = entry.submitted && entry.deed !== this.deed;
      if (arrived || JSON.stringify(entry.typed) === this.typedNow()) drop(this.person, this.path, entry.tab);
    }
    const entry = leftByOthers(this.person).find((one) => one.path === this.path);
    if (!entry || "unsaved" in this.form.dataset) return;
    this.fill(entry);
    this.form.elements.draft_version.value = entry.version; // what it was typed on: a newer text is then kept beside it
    this.unsure = entry.unsure ?? [];
    this.keepHere();
    drop(this.person, this.path, entry.tab);
    this.say("restored");
  }

  fill({ typed, deed }) {
    const values = new Map();
    for (const [name, value] of typed) values.set(name, [...(values.get(name) ?? []), value]);
    for (const control of this.form.elements) {
      // Who may read a text is never set by what an older page said.
      const isOutdated = deed !== this.deed && control.name === this.form.dataset.live;
      if (!control.name || isOutdated || ["hidden", "submit", "fieldset"].includes(control.type)) continue;
      const given = values.get(control.name) ?? [];
      if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
      else control.value = given.shift() ?? "";
    }
  }

  // ---- saving

  changed() {
    clearTimeout(this.timer);
    this.leavingFor = null;
    if (this.typedNow() === this.saved) return;
    this.isKept = this.keepHere();
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** Save what is not saved yet: one request after the other, so that an older text never arrives last. */
  async save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    while (this.sending) await this.sending;
    if (this.leavingFor || this.typedNow() === this.saved) return;
    this.sending = this.send(leaving);
    await this.sending;
  }

  async send(leaving) {
    const sent = this.typedNow();
    const answer = await sendDraft(this.path, [...new FormData(this.form), ...this.unsure.map((text) => ["unsure", text])], { leaving });
    this.sending = null;
    if (answer.version) {
      this.form.elements.draft_version.value = answer.version;
      this.unsure = [];
      this.saved = sent;
      if (this.typedNow() === sent) drop(this.person, this.path);
      if (answer.state === "gone") this.goToWhatIsKept(sent);
    } else {
      if (answer.state === "down") this.wait(sent);
      this.isKept = this.keepHere();
    }
    this.say(answer.state === "down" && !this.isKept ? "unkept" : answer.state, answer.words);
  }

  /** What the form stands beside may not be read any more: at the same address is what was typed, and nothing else. */
  goToWhatIsKept(sent) {
    if (this.typedNow() !== sent) return void this.save();
    this.leavingFor = this.form;
    location.replace(this.path);
  }

  /** The server could not be reached, or its answer was lost: it may hold this text already. */
  wait(sent) {
    this.unsure = [...this.unsure.filter((text) => text !== sent), sent].slice(-3);
    this.timer = setTimeout(() => this.save(), AGAIN);
  }

  /** The page is out of sight, perhaps for good: keep here what is not saved, and send it while the browser lets us. */
  leave() {
    if (this.leavingFor || this.typedNow() === this.saved) return;
    this.keepHere();
    this.save({ leaving: true });
  }

  /** The form itself is sent: after the save under way, so that it does not take its own draft for a stranger's. */
  submit(event) {
    clearTimeout(this.timer);
    if (this.sending) {
      event.preventDefault();
      this.sending.then(() => this.form.requestSubmit(event.submitter));
      return;
    }
    this.leavingFor = event.submitter ?? this.form;
    this.keepHere({ submitted: true });
    for (const old of this.form.querySelectorAll("input[name=unsure]")) old.remove();
    for (const text of this.unsure) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "unsure", value: text });
      this.form.append(field);
    }
  }

  /** Show one of the sentences that the page brought along. */
  say(state, words = "") {
    for (const sentence of this.status.querySelectorAll("[data-draft-says]")) {
      const isIt = sentence.dataset.draftSays === state;
      // That there are two texts stays true, and stays said, when the next save went well.
      if (isIt || sentence.dataset.draftSays !== "conflict") sentence.hidden = !isIt;
      if (isIt && words) sentence.querySelector("[data-draft-words]")?.replaceChildren(words);
    }
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
