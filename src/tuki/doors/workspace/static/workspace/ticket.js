// A ticket's page: what others do appears by itself, and what one writes is kept, watched over and never touched.

const page = document.getElementById("ticket-page");
const said = document.getElementById("said");
const form = document.getElementById("composer");
const area = document.getElementById("body");
const arrived = document.getElementById("arrived");
const source = document.querySelector("script[data-editor]").dataset.editor;
const me = document.body.dataset.viewer;
const token = () => form.elements.csrfmiddlewaretoken.value;
const wide = matchMedia("(min-width: 48rem)");

const announce = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));
const messages = () => [...document.querySelectorAll("#thread > .message[data-by]")];
const kind = () => form.elements.kind.value;

// --- Where the page opens: at the newest, unless it was asked for something in it ---

if (!location.hash.startsWith("#message-")) said.scrollTop = said.scrollHeight;
if (location.hash === "#composer" || form.hasAttribute("data-again")) {
  form.scrollIntoView({ block: "nearest" });
  (form.querySelector(".warning[tabindex]") ?? area).focus();
}
const leaves = document.querySelector("#thread [data-leaves] .message-head");
if (leaves) setTimeout(() => announce(leaves.textContent.replace(/\s+/g, " ")), 400);

// --- What others do ---

document.body.addEventListener(`desk-ticket-${page.dataset.ticket}`, refresh);
let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(page.dataset.refresh, { headers: { "HX-Request": "true", "X-Refresh": "1" } });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
    else if (answer.status === 404) location.reload();
    else if (answer.ok) {
      document.dispatchEvent(new CustomEvent("signed-in"));
      await show(await answer.text());
    }
  } catch {
    // No connection: the stream asks again when there is one.
  } finally {
    asking = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

async function show(text) {
  // Whoever had to sign in anew has another secret for their forms.
  const secret = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(text)?.[1];
  for (const field of secret ? document.querySelectorAll("[name=csrfmiddlewaretoken]") : []) field.value = secret;
  // Whoever is about to choose a fact keeps the list they have open.
  if (document.querySelector("#facts :focus, #head [open]")) text = text.replace('<hx-partial id="facts"', '<hx-partial id="no-facts"').replace('<hx-partial id="head"', '<hx-partial id="no-head"');
  await htmx.swap({ text, target: page, swap: "none", sourceElement: page });
}

// Back from signing in in another tab.
addEventListener("focus", () => document.getElementById("signed-out").hidden || refresh());

const known = new Set(messages().map((one) => one.id));
let bottom = true;
said.addEventListener("scroll", () => (bottom = said.scrollHeight - said.scrollTop - said.clientHeight < 60), { passive: true });

document.addEventListener("htmx:after:swap", () => {
  const fresh = messages().filter((one) => !known.has(one.id));
  for (const one of fresh) known.add(one.id);
  if (fresh.length && bottom) said.scrollTop = said.scrollHeight;
  const others = fresh.filter((one) => one.dataset.by !== me);
  for (const one of others) one.classList.add("new");
  if (!others.length) return;
  const words = arrived.querySelector("span").dataset.words.replace("{name}", others[others.length - 1].dataset.who);
  if (written()) {
    arrived.querySelector("span").textContent = words;
    arrived.hidden = false;
  } else {
    sawAll();
    announce(others.map((one) => `${one.dataset.who}: ${one.querySelector(".message-body").textContent.trim().slice(0, 200)}`).join(" "));
  }
});

arrived.querySelector("button").addEventListener("click", () => {
  const newest = messages().filter((one) => one.dataset.by !== me).pop();
  newest.scrollIntoView({ block: "center" });
  newest.tabIndex = -1;
  newest.focus({ preventScroll: true });
  arrived.hidden = true;
  sawAll();
});

// The newest message that the writer has had before their eyes: sent along, so that nobody is answered unread.
function sawAll() {
  form.elements.seen.value = document.getElementById("thread").dataset.newest;
}

// --- Who is here, and who types ---

let typedAt = 0;
let typing = false;

function here(more = {}) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token(), typing: typing ? "1" : "", ...more })) data.append(name, value);
  if (more.left) navigator.sendBeacon(page.dataset.presence, data);
  else fetch(page.dataset.presence, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => {});
}

function watchTyping() {
  const now = Date.now() - typedAt < 6000;
  if (now === typing) return;
  typing = now;
  here();
}

if (!document.hidden) here();
setInterval(() => !document.hidden && here(), 15_000);
setInterval(watchTyping, 1000);
document.addEventListener("visibilitychange", () => here(document.hidden ? { left: "1" } : {}));
addEventListener("pagehide", () => here({ left: "1" }));

// --- Writing ---

let editor = null;
let changed = false; // since it was last kept
let sending = false;
let keeping = 0;
let kept = null; // a promise, while it is on its way to be kept

const written = () => (editor ? !editor.isEmpty : area.value.trim() !== "") || form.querySelector("input[name=file]") !== null;

area.addEventListener("focus", edit, { once: true });
area.addEventListener("input", wrote);
form.addEventListener("uploads", wrote);

function wrote() {
  typedAt = Date.now();
  watchTyping();
  changed = true;
  if (kind() === "note" && written()) form.elements.begun_as.value = "note";
  if (!written()) {
    form.elements.begun_as.value = "";
    if (arrived.hidden) sawAll();
  }
  clearTimeout(keeping);
  keeping = setTimeout(keep, 2000);
}

form.addEventListener("change", (event) => {
  if (event.target.name !== "kind") return;
  const words = event.target.dataset.label;
  area.setAttribute("aria-label", words);
  editor?.view.dom.setAttribute("aria-label", words);
  if (kind() === "note" && written()) form.elements.begun_as.value = "note";
  if (written()) wrote();
});

form.addEventListener("focusout", (event) => !form.contains(event.relatedTarget) && changed && keep());

// Kept on the server, so that it is there on another machine too.
async function keep() {
  clearTimeout(keeping);
  if (!changed || sending) return;
  if (kept) return;
  changed = false;
  kept = post();
  await kept;
  kept = null;
}

async function post() {
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: draft(), headers: { "HX-Request": "true" } });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
    if (answer.status === 403) refresh(); // our secret is of a session that is over
    if (!answer.ok) throw new Error(answer.status);
    document.dispatchEvent(new CustomEvent("signed-in"));
    const place = document.getElementById("kept");
    place.innerHTML = await answer.text();
    form.querySelector(".discard").hidden = !place.textContent.trim();
  } catch {
    changed = true; // tried again with the next words, at the latest when the page is left
    clearTimeout(keeping);
    keeping = setTimeout(keep, 10_000);
  }
}

function draft() {
  const data = new FormData(form);
  data.delete("files"); // those go up by themselves
  return data;
}

addEventListener("pagehide", () => changed && !sending && navigator.sendBeacon(form.dataset.draft, draft()));
addEventListener("pageshow", (event) => event.persisted && location.reload());
form.addEventListener("submit", async (event) => {
  clearTimeout(keeping);
  if (kept) {
    // What is being kept at this moment must not come after what is sent.
    const button = event.submitter;
    event.preventDefault();
    await kept;
    form.requestSubmit(button);
    return;
  }
  sending = true;
  setTimeout(() => (sending = false), 15_000);
});

// --- The editor: fetched when somebody first writes ---

async function edit() {
  const tools = await import(source);
  const start = area.value === area.defaultValue && document.getElementById("kept-html").innerHTML.trim();
  const hadFocus = document.activeElement === area;
  const place = document.createElement("div");
  area.before(place);
  const { Document, Paragraph, Text, HardBreak, Bold, Italic, Code, CodeBlock, Link, BulletList, OrderedList, ListItem, Blockquote, History, Dropcursor, Gapcursor } = tools;
  editor = new tools.Editor({
    element: place,
    extensions: [Document, Paragraph, Text, HardBreak, Bold, Italic, Code, CodeBlock, Link.configure({ enableTarget: false, autolink: true, openOnClick: false }), BulletList, OrderedList, ListItem, Blockquote, History, Dropcursor, Gapcursor],
    content: start || asHtml(area.value),
    parseOptions: { preserveWhitespace: true }, // somebody may be in the middle of a line
    injectCSS: false, // the content security policy lets no style into the page
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": area.getAttribute("aria-label"), "aria-keyshortcuts": "Control+Enter", spellcheck: "true" },
      handleKeyDown: (_view, event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && linking(),
    },
    onUpdate: () => {
      area.value = editor.isEmpty ? "" : editor.getHTML();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: pressed,
  });
  if (hadFocus) {
    // At once, and before the plain field goes: no letter may fall between the two.
    editor.commands.setTextSelection(editor.state.doc.content.size);
    editor.view.focus();
  }
  area.value = editor.isEmpty ? "" : editor.getHTML();
  form.elements.format.value = "html";
  area.hidden = true;
  form.querySelector(".toolbar").hidden = false;
  pressed();
}

function asHtml(text) {
  const holder = document.createElement("p");
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => {
      holder.textContent = paragraph;
      return `<p>${holder.innerHTML.replaceAll("\n", "<br>")}</p>`;
    })
    .join("");
}

const toolbar = form.querySelector(".toolbar");
const tools = [...toolbar.querySelectorAll("[data-mark]")];
const toggles = { bold: "toggleBold", italic: "toggleItalic", code: "toggleCode", bulletList: "toggleBulletList", orderedList: "toggleOrderedList", blockquote: "toggleBlockquote", codeBlock: "toggleCodeBlock" };

function pressed() {
  for (const tool of tools) tool.setAttribute("aria-pressed", String(Boolean(editor?.isActive(tool.dataset.mark))));
}

toolbar.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
toolbar.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-mark]")?.dataset.mark;
  if (mark === "link") linking();
  else if (mark) editor.chain().focus()[toggles[mark]]().run();
});
// One stop for Tab; arrows lead on.
tools.forEach((tool, at) => (tool.tabIndex = at ? -1 : 0));
toolbar.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tools[(tools.indexOf(document.activeElement) + step + tools.length) % tools.length];
  for (const tool of tools) tool.tabIndex = tool === next ? 0 : -1;
  next.focus();
});

const linkRow = document.getElementById("link-row");
const address = document.getElementById("link-address");

function linking() {
  linkRow.hidden = false;
  address.value = editor.getAttributes("link").href || "";
  address.focus();
  return true;
}

document.getElementById("link-found").addEventListener("article", ({ detail }) => linked(detail.href, detail.title));

function linked(href, title = href) {
  linkRow.hidden = true;
  const chain = editor.chain().focus().extendMarkRange("link");
  if (!href) chain.unsetLink().run();
  else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: title, marks: [{ type: "link", attrs: { href } }] }).run();
  else chain.setLink({ href }).run();
}

linkRow.addEventListener("click", (event) => {
  if (event.target.closest("[data-link-set]")) linked(address.value.trim());
  if (event.target.closest("[data-link-off]")) linked("");
});
address.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    linked(address.value.trim());
  } else if (event.key === "Escape") {
    event.stopPropagation();
    linkRow.hidden = true;
    editor.commands.focus();
  }
});

// --- Quoting ---

page.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-quote]");
  if (!button) return;
  const message = document.getElementById(button.dataset.quote);
  const selection = getSelection();
  const marked = message.contains(selection.anchorNode) ? String(selection).trim() : "";
  const body = message.querySelector(".message-body").cloneNode(true);
  body.querySelector(".quoted")?.remove();
  if (!editor) await edit();
  editor.chain().focus("end").insertContent(`<blockquote>${marked ? asHtml(marked) : body.innerHTML}</blockquote><p></p>`).run();
});

// --- Keys of this page ---

document.addEventListener("key", (event) => {
  const wanted = { r: "reply", n: "note" }[event.detail.key];
  if (!wanted) return;
  event.preventDefault();
  const radio = document.getElementById(`kind-${wanted}`);
  if (!radio.checked) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (!wide.matches) form.scrollIntoView({ block: "nearest" });
  if (editor) editor.commands.focus();
  else area.focus();
});

const menu = () => form.querySelector(`.send-as.for-${kind()}`);
for (const list of form.querySelectorAll(".menu ul")) {
  list.querySelectorAll("button").forEach((button, at) => {
    if (at > 8) return;
    button.querySelector("kbd").textContent = `Ctrl ⇧ ${at + 1}`;
    button.setAttribute("aria-keyshortcuts", `Control+Shift+${at + 1}`);
  });
}

form.addEventListener(
  "keydown",
  (event) => {
    const held = event.ctrlKey || event.metaKey;
    if (held && event.key === "Enter") send(event, menu().querySelector("[data-send]"));
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (event.ctrlKey && event.shiftKey && digit) send(event, menu().querySelectorAll(".menu button")[digit - 1]);
    if (event.key === "Escape" && event.target.matches("textarea, .ProseMirror")) {
      event.stopPropagation();
      said.focus();
    }
  },
  true,
);

function send(event, button) {
  event.preventDefault();
  event.stopPropagation();
  if (button) form.requestSubmit(button);
}
