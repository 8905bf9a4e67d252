// A list of requests: rows by key, several at once, and news that moves nothing under the reader's hand.

const page = document.querySelector(".list-page[data-list]");
const form = document.getElementById("chosen");
const news = document.getElementById("news");
const preview = document.getElementById("preview");
const memory = `tuki-list:${location.pathname}`;

const rowsNow = () => [...document.querySelectorAll("#rows tbody tr")];
const link = (row) => row.querySelector(".c-subject a");
const box = (row) => row.querySelector(".c-choose input");
const chosen = () => rowsNow().filter((row) => box(row).checked);
const current = () => document.activeElement.closest?.("#rows tbody tr");
const announce = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));

// --- Going through the rows ---

let last = null; // id of the row where the reader was last

document.addEventListener("key", (event) => {
  const { key } = event.detail;
  if (key === "j" || key === "k") go(key === "j" ? 1 : -1);
  else if (key === "x" || key === "X") choose(key === "X");
  else if (key === "i") assignToMe();
  else if (key === "!") markAsSpam();
  else if (key === "Escape") escape();
  else if ("ast".includes(key) && document.querySelector(`.bulk [data-key="${key}"]`)) return chooseCurrent();
  else return;
  event.preventDefault();
});

function go(step) {
  const rows = rowsNow();
  const at = rows.indexOf(current() ?? document.getElementById(last));
  const row = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (row) link(row).focus();
}

document.addEventListener("focusin", () => {
  const row = current();
  if (row) last = row.id;
});

function escape() {
  if (!preview.hidden) preview.hidden = true;
  else if (chosen().length) chooseNone();
}

page.addEventListener("click", (event) => {
  const row = event.target.closest("#rows tbody tr");
  const opened = event.target.closest(".c-subject a");
  if (opened) remember(row);
  if (!row || opened || event.target.closest(".c-choose") || String(getSelection())) return;
  remember(row);
  if (event.ctrlKey || event.metaKey) window.open(link(row).href, "_blank");
  else link(row).click();
});

// --- Where one was is where one comes back to ---

function remember(row) {
  sessionStorage.setItem(memory, JSON.stringify({ id: row.id, top: document.getElementById("rows").scrollTop }));
}

const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const kept = JSON.parse(sessionStorage.getItem(memory) || "null");
const wanted = document.getElementById(location.hash.slice(1) || (back && kept?.id) || "");
if (wanted?.matches("#rows tr")) {
  if (kept?.id === wanted.id) document.getElementById("rows").scrollTop = kept.top;
  link(wanted).focus();
}
if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);

// --- Several at once ---

let anchor = null; // id of the row chosen last: with Shift, all between go along

function choose(range, row = current() ?? document.getElementById(last)) {
  if (!row) return;
  box(row).checked = range ? true : !box(row).checked;
  chooseTo(row, range);
}

function chooseTo(row, range) {
  const rows = rowsNow();
  const from = rows.findIndex((one) => one.id === anchor);
  if (range && from >= 0) {
    const to = rows.indexOf(row);
    const state = box(row).checked;
    for (const one of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) box(one).checked = state;
  }
  anchor = row.id;
  count();
}

function chooseCurrent() {
  const row = current() ?? document.getElementById(last);
  if (!chosen().length && row) choose(false, row);
}

function assignToMe() {
  chooseCurrent();
  if (!chosen().length) return;
  form.elements.assignee.value = "me";
  form.requestSubmit(form.querySelector("[name=change][value=assignee]"));
}

function markAsSpam() {
  chooseCurrent();
  if (chosen().length) form.requestSubmit(form.querySelector("[name=change][value=spam]"));
}

form.addEventListener("click", (event) => {
  if (event.target.matches("tbody [type=checkbox]")) chooseTo(event.target.closest("tr"), event.shiftKey);
  if (event.target.matches("[data-choose-all]")) {
    for (const row of rowsNow()) box(row).checked = event.target.checked;
    count();
  }
  if (event.target.closest("[data-choose-none]")) chooseNone();
});
// Shift and a click would mark the text between.
form.addEventListener("mousedown", (event) => event.shiftKey && event.target.closest("tr") && event.preventDefault());

function chooseNone() {
  const held = document.activeElement.closest(".bulk");
  for (const row of chosen()) box(row).checked = false;
  if (held) (document.getElementById(last) ? link(document.getElementById(last)) : page.querySelector("h1"))?.focus();
  count();
}

function count() {
  const many = chosen().length;
  const place = form.querySelector("[data-count]");
  place.textContent = many === 1 ? place.dataset.one : place.dataset.many.replace("{count}", many);
  const all = form.querySelector("[data-choose-all]");
  if (all) {
    all.checked = many > 0 && many === rowsNow().length;
    all.indeterminate = many > 0 && !all.checked;
  }
}
count();

// How a change of many went: what is done is chosen no longer, and the list shows it at once.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  const result = document.querySelector("#result [data-result]");
  if (!result || detail.ctx.target?.id !== "result") return;
  const failed = new Set([...result.querySelectorAll("li a")].map((a) => `t${a.textContent.slice(1)}`));
  for (const row of chosen()) box(row).checked = failed.has(row.id);
  for (const select of form.querySelectorAll(".bulk select")) select.value = "";
  if (!current()) link(document.getElementById(last) ?? rowsNow()[0] ?? document.createElement("tr"))?.focus();
  count();
  refresh(true);
});

// --- News. Rows change where they stand; their order changes only while nobody is at them. ---

let waiting = null; // the rows as they are now, for when the reader is ready
let asking = false;
let again = false;

document.body.addEventListener("desk", () => refresh());
// Back from signing in in another tab: here nothing was typed that could be lost.
addEventListener("focus", () => document.getElementById("signed-out").hidden || location.reload());
// Who has a ticket open is told to that ticket's own page only: a list asks now and then.
setInterval(() => document.hidden || refresh(), 30_000);

async function refresh(atOnce = false) {
  if (asking) {
    again = atOnce || again === "at once" ? "at once" : "later";
    return;
  }
  asking = true;
  try {
    const answer = await fetch(page.dataset.refresh, { headers: { "HX-Request": "true", "X-Refresh": "1" } });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
    if (answer.ok) await show(new DOMParser().parseFromString(await answer.text(), "text/html"), atOnce);
  } catch {
    // No connection: the stream asks again when there is one.
  } finally {
    asking = false;
    if (again) {
      const next = again;
      again = false;
      refresh(next === "at once");
    }
  }
}

async function show(found, atOnce) {
  await put("places", found.getElementById("places"));
  await put("leaving-bar", found.getElementById("leaving-bar"));
  const rows = found.getElementById("rows");
  const ids = [...rows.querySelectorAll("tbody tr")].map((row) => row.id);
  const shown = rowsNow().map((row) => row.id);
  const same = ids.length === shown.length && ids.every((id, at) => id === shown[at]);
  if (same || !shown.length || atOnce || isFree()) {
    waiting = null;
    news.hidden = true;
    await put("rows", rows);
    count();
    return;
  }
  waiting = rows.cloneNode(true);
  await put("rows", inOrder(rows, shown));
  tell(ids.filter((id) => !shown.includes(id)).length);
}

function put(id, element) {
  if (!element) return null;
  const target = document.getElementById(id);
  return htmx.swap({ text: element.outerHTML, target, swap: "outerMorph", sourceElement: target });
}

function isFree() {
  const rows = document.getElementById("rows");
  return !rows.matches(":hover, :focus-within") && rows.scrollTop < 8 && !chosen().length;
}

// The new rows in the order in which they are being read; those that have left are there still, and paler.
function inOrder(rows, shown) {
  const body = rows.querySelector("tbody");
  if (!body) return document.getElementById("rows").cloneNode(true);
  const known = new Map([...body.children].map((row) => [row.id, row]));
  body.replaceChildren(
    ...shown.map((id) => {
      if (known.has(id)) return known.get(id);
      const left = document.getElementById(id).cloneNode(true);
      left.classList.add("gone");
      return left;
    }),
  );
  return rows;
}

function tell(count) {
  const button = news.querySelector("button");
  const { wordsOne, wordsMany, wordsMoved } = button.dataset;
  const words = count === 0 ? wordsMoved : count === 1 ? wordsOne : wordsMany.replace("{count}", count);
  const place = button.querySelector("span");
  if (count && (news.hidden || place.textContent !== words)) announce(words);
  place.textContent = words;
  news.hidden = false;
}

news.querySelector("button").addEventListener("click", async () => {
  await order();
  document.getElementById("rows").scrollTop = 0;
  const first = rowsNow()[0];
  if (first) link(first).focus();
});

async function order() {
  if (!waiting) return;
  const rows = waiting;
  waiting = null;
  news.hidden = true;
  await put("rows", rows);
  count();
}

for (const kind of ["mouseleave", "focusout"]) {
  page.addEventListener(kind, () => setTimeout(() => waiting && isFree() && order(), 400), true);
}

// --- The last words in full, for a row that one stays at ---

let soon = 0;
page.addEventListener("mouseover", (event) => peek(event.target.closest("#rows tbody tr"), 600));
page.addEventListener("focusin", (event) => peek(event.target.closest("#rows tbody tr"), 900));
page.addEventListener("scroll", () => peek(null), true);
page.addEventListener("mouseleave", () => peek(null));

function peek(row, after = 0) {
  if (row && preview.dataset.of === row.id && !preview.hidden) return;
  clearTimeout(soon);
  preview.hidden = true;
  if (!row?.dataset.last) return;
  soon = setTimeout(() => {
    const cell = row.querySelector(".c-subject");
    if (!row.isConnected || cell.scrollWidth <= cell.clientWidth) return;
    preview.textContent = row.dataset.last;
    preview.classList.toggle("internal", "internal" in row.dataset);
    preview.dataset.of = row.id;
    preview.hidden = false;
    const place = cell.getBoundingClientRect();
    const below = place.bottom + 4;
    const top = below + preview.offsetHeight > innerHeight ? place.top - preview.offsetHeight - 4 : below;
    preview.style.left = `${place.left}px`;
    preview.style.top = `${top}px`;
  }, after);
}
