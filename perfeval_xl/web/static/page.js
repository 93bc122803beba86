"use strict";
// Only what is nicer with a script; everything works without it.
document.documentElement.classList.add("scripted");

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function tell(place, words, wrong = false) {
  place.setAttribute("role", wrong ? "alert" : "status");
  place.classList.toggle("wrong", wrong);
  place.textContent = words;
}

// --- choosing files: how many and how large they are is said before they are sent -------------------------------

function chosen(input) {
  const place = input.form.querySelector(".chosen");
  const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
  const { most, megabytes, tooMany, tooLarge } = input.dataset;
  const wrong = input.files.length > most ? tooMany : bytes > megabytes * 1048576 ? tooLarge : "";
  const size = bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  const words = input.files.length ? filled(input.dataset.chosen, { count: input.files.length, size }) : "";
  input.setCustomValidity(wrong);
  tell(place, wrong || words, Boolean(wrong));
}

function named(input) {
  const picked = input.parentElement.querySelector(".picked");
  const names = [...input.files].map((file) => file.name).join("、");
  picked.textContent = names || picked.dataset.none;
}

function dropping(form, input) {
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("dropping", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      named(input);
      chosen(input);
    });
  }
}

for (const input of document.querySelectorAll(".picker input")) {
  input.addEventListener("change", () => named(input));
  named(input);
}
const files = document.getElementById("file");
if (files) {
  files.addEventListener("change", () => chosen(files));
  dropping(files.form, files);
  chosen(files);
}

// --- pasting: Excel, WPS and Word put the table itself beside its text; merged cells are only in that ------------

// Styles would be refused by the policy of this page, one by one; counting needs none.
const plainly = (markup) =>
  markup.replace(/<style[^]*?<\/style>/gi, "").replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");

const pasted = document.getElementById("pasted");
if (pasted) {
  const table = pasted.form.elements["pasted-table"];
  const seen = pasted.form.querySelector(".seen");
  pasted.addEventListener("paste", (event) => {
    const markup = event.clipboardData.getData("text/html");
    const rows = new DOMParser().parseFromString(plainly(markup), "text/html").querySelectorAll("tr");
    if (!rows.length) return;
    event.preventDefault();
    pasted.value = event.clipboardData.getData("text/plain") || [...rows].map((row) => row.textContent).join("\n");
    table.value = markup;
    const width = (row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
    tell(seen, filled(pasted.dataset.seen, { rows: rows.length, columns: Math.max(...[...rows].map(width)) }));
  });
  // Whoever changes the text means the text.
  pasted.addEventListener("input", () => {
    table.value = "";
    tell(seen, "");
  });
}

// --- checking: each file is shown as soon as it is done -----------------------------------------------------------

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "", part; !(part = await reader.read()).done; ) {
    const whole = (rest + part.value).split("\n");
    rest = whole.pop();
    for (const line of whole) yield JSON.parse(line);
  }
}

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

class Checking {
  constructor(total) {
    this.total = total;
    this.done = 0;
    this.told = 0;
    document.getElementById("main").replaceChildren(document.getElementById("checking").content.cloneNode(true));
    this.top = document.querySelector(".checking");
    this.status = this.top.querySelector("[role=status]");
    this.files = document.querySelector(".files");
    this.parts = new Map();
    history.pushState({ result: true }, "");
    scrollTo(0, 0);
    this.top.querySelector("h1").focus();
    this.say();
  }

  say() {
    const bar = this.top.querySelector("progress");
    [bar.max, bar.value] = [this.total, this.done];
    // A screen reader need not hear every single one.
    if (this.done && this.done < this.total && Date.now() - this.told < 1000) return;
    this.told = Date.now();
    tell(this.status, filled(this.status.dataset.done, { done: this.done, total: this.total }));
  }

  take(line) {
    if (line.number === undefined) return this.end(line.html);
    this.done += 1;
    const part = fragment(line.html).firstElementChild;
    const later = [...this.parts.keys()].filter((number) => number > line.number);
    this.files.insertBefore(part, later.length ? this.parts.get(Math.min(...later)) : null);
    this.parts.set(line.number, part);
    this.say();
  }

  end(html) {
    const top = fragment(html);
    const heading = top.querySelector("h1");
    this.top.replaceWith(top);
    this.top = null;
    document.title = `${heading.textContent} · ${document.title}`;
    heading.focus({ preventScroll: scrollY > 200 });
  }

  lost() {
    if (this.top) tell(this.status, this.status.dataset.lost, true);
  }
}

async function check(form) {
  const told = form.querySelector(".told");
  const button = form.querySelector("button");
  button.disabled = true;
  tell(told, told.dataset.working);
  let shown = null;
  try {
    const headers = { Accept: "application/x-ndjson" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    if (!answer.ok) {
      const problem = await answer.json();
      tell(told, problem.detail, true);
      return;
    }
    for await (const line of lines(answer.body)) {
      if (line.total) shown = new Checking(line.total);
      else shown.take(line);
    }
    shown.lost();
  } catch {
    if (shown) shown.lost();
    else tell(told, told.dataset.lost, true);
  } finally {
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-stream]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(form);
  });
}
// Back from a result leads to the empty page; a jump to a cell is no such step.
addEventListener("popstate", (event) => {
  if (!location.hash && !event.state && !document.getElementById("file")) location.reload();
});

// --- the message at a cell goes away with Escape, and with a click elsewhere ---------------------------------------

const hush = (whether) => document.body.classList.toggle("hushed", whether);
const isAboutCell = (element) => element instanceof Element && Boolean(element.closest("td.marked, .findings a"));
addEventListener("keydown", (event) => event.key === "Escape" && hush(true));
addEventListener("pointerdown", (event) => hush(!isAboutCell(event.target)));
for (const name of ["mouseover", "focusin"]) {
  addEventListener(name, (event) => isAboutCell(event.target) && hush(false));
}
