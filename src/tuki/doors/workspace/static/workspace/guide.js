// An article's page: what is written is kept every few seconds, nobody writes over anybody unseen, and the button
// says what it will do. The editor itself comes when somebody first writes (guide-editor.js).

const form = document.getElementById("writing");
const area = form.elements.body;
const said = document.getElementById("said");
const editorAt = document.querySelector("script[data-editor]").dataset;

// A title is one line, however many it takes on a phone: Enter leads on to the text.
form.elements.title.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  form.querySelector("[role=textbox]").focus();
});

// --- Kept while it is written ---

const EVERY = 3000; // milliseconds after the last letter; while somebody writes on, at most so many times four
let waiting = 0;
let since = 0;
let saving = null;
let going = false; // the page is on its way elsewhere by a button
let conflicted = form.hasAttribute("data-conflict");
let kept = written();

function written() {
  return `${form.elements.title.value}\n${area.value}`;
}

form.addEventListener("input", (event) => {
  if (![form.elements.title, area].includes(event.target)) return;
  clearTimeout(waiting);
  since ||= Date.now();
  waiting = setTimeout(keep, Date.now() - since > 4 * EVERY ? 0 : EVERY);
});

async function keep() {
  clearTimeout(waiting);
  since = 0;
  if (saving || conflicted || going || written() === kept) return;
  const typed = written();
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "version", "title", "body"]) data.append(name, form.elements[name].value);
  document.querySelector("#saved").textContent = form.dataset.saving;
  saving = fetch(form.dataset.draft, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  try {
    const answer = await saving;
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
    else if (answer.status === 409) conflict(shown);
    else if (answer.ok) {
      kept = typed;
      for (const id of ["saved", "remarks"]) document.getElementById(id).replaceWith(shown.getElementById(id));
      const saved = document.getElementById("saved");
      form.elements.version.value = saved.dataset.version;
      document.getElementById("publishing").toggleAttribute("data-drafted", true);
      label();
      said.textContent = saved.textContent;
    } else throw new Error(String(answer.status));
  } catch {
    document.getElementById("saved").textContent = form.dataset.notSaved;
    said.textContent = form.dataset.notSaved;
    waiting = setTimeout(keep, 3 * EVERY);
  } finally {
    saving = null;
  }
  if (written() !== kept && !conflicted) waiting = setTimeout(keep, EVERY);
}

function conflict(shown) {
  const place = document.getElementById("conflict-place");
  conflicted = true;
  place.replaceChildren(shown.getElementById("conflict"));
  document.getElementById("saved").textContent = "";
  place.firstElementChild.focus();
}

form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-save-mine]")) return;
  // Whoever presses this has read whose text it replaces.
  form.elements.version.value = document.getElementById("conflict").dataset.version;
  document.getElementById("conflict-place").replaceChildren();
  conflicted = false;
  kept = "";
  keep();
  area.dispatchEvent(new CustomEvent("write"));
});

form.addEventListener("submit", async (event) => {
  if (going) return;
  if (saving) {
    // What is on its way first: it brings the version that the next must name.
    event.preventDefault();
    await saving;
    setTimeout(() => form.requestSubmit(event.submitter), 50);
    return;
  }
  going = true;
  clearTimeout(waiting);
});

addEventListener("beforeunload", (event) => {
  if (!going && written() !== kept) {
    keep();
    event.preventDefault();
  }
});
addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    keep();
  }
});

// --- The button says what it will do ---

const publishing = document.getElementById("publishing");
const button = document.querySelector("#publish span");
const zone = form.elements.zone;

function label() {
  const words = publishing.dataset;
  const later = form.elements.when.value === "later";
  const start = worded(form.elements.publish_at.value);
  const end = worded(form.elements.unpublish_at.value);
  const published = words.status === "published";
  const drafted = publishing.hasAttribute("data-drafted");
  let text = published ? words.changes : words.now;
  if (later && start) text = end ? words.between : words.later;
  else if (published && !drafted) text = end ? words.end : form.elements.tells.checked ? words.again : words.nothing;
  else if (end) text = words.until;
  button.textContent = text.replace("{start}", start).replace("{end}", end);
  for (const [name, on] of [["publish_at", later], ["line", form.elements.tells.checked]]) {
    form.elements[name].closest(".field").hidden = !on;
  }
}

// As it was typed, in the zone that stands beside it: nothing is converted here.
function worded(local) {
  if (!local) return "";
  const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return `${shown.format(new Date(`${local}Z`))} (${zone.selectedOptions[0].textContent.split("/").pop()})`;
}

publishing.addEventListener("input", label);
publishing.addEventListener("change", label);
label();

// --- The editor, when somebody first writes ---

const shown = document.createElement("div");
shown.className = "article-body writing-body";
shown.tabIndex = 0;
shown.setAttribute("role", "textbox");
shown.setAttribute("aria-multiline", "true");
shown.setAttribute("aria-label", area.getAttribute("aria-label"));
shown.lang = area.lang;
shown.innerHTML = document.getElementById("text-shown").innerHTML;
area.before(shown);
area.hidden = true;
shown.addEventListener("focus", edit, { once: true });
// A callout is no landmark of the page that it is written on.
for (const callout of document.querySelectorAll(".article-body aside")) callout.role = "note";

async function edit() {
  const { open } = await import(editorAt.opens);
  await open(form, shown, editorAt.editor);
}

document.querySelector("#conflict")?.focus();
