// What every page of the workspace does by script: keys, menus that close, counting down, suggestions of people.
// Without it all of it can be done too, more slowly.

const { shortcuts, people } = document.querySelector("script[data-shortcuts]").dataset;
const single = shortcuts === "on";

// --- Keys. A page's own script hears "key" first; what it does not take goes to the element that names the key. ---

let jumping = 0; // until when a key after g leads to a list

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closeMenus()) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key !== "Escape" && (!single || event.key.length !== 1)) return;
  if (document.querySelector("dialog[open]")) return;
  if (jumping > Date.now()) {
    jumping = 0;
    const way = document.querySelector(`[data-jump="${CSS.escape(event.key)}"]`);
    if (way) {
      event.preventDefault();
      way.click();
    }
    return;
  }
  if (event.key === "g") {
    jumping = Date.now() + 1500;
    return;
  }
  const untaken = document.dispatchEvent(
    new CustomEvent("key", { detail: { key: event.key, shift: event.shiftKey }, cancelable: true }),
  );
  if (!untaken || press(event.key)) event.preventDefault();
});

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

function press(key) {
  if (key === "?") return open(document.getElementById("shortcuts"));
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.offsetParent);
  if (!found) return false;
  if (found.matches("input, select")) {
    found.focus();
    if (found.matches("input")) found.select();
  } else found.click();
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) open(document.getElementById(opener.dataset.open));
  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard?.writeText(new URL(copied.dataset.copy, location.href.split("#")[0]).href);
  const inside = event.target.closest("details.more, details.menu, details.subject-edit");
  closeMenus(copied || event.target.closest(".more button") ? null : inside);
});

function open(dialog) {
  if (!dialog.open) dialog.showModal();
  return true;
}

function closeMenus(except) {
  const menus = [...document.querySelectorAll(":is(.more, .menu, .subject-edit)[open]")].filter((one) => one !== except);
  for (const menu of menus) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
  return menus.length > 0;
}

// --- A session that ended: the page says so, and keeps what was typed. ---

document.addEventListener("signed-out", () => (document.getElementById("signed-out").hidden = false));
document.addEventListener("signed-in", () => (document.getElementById("signed-out").hidden = true));

// What went wrong without words of its own.
const failed = document.getElementById("failed");
document.addEventListener("htmx:error", () => (failed.hidden = false));
document.addEventListener("htmx:after:request", ({ detail }) => {
  const { status } = detail.ctx.response;
  failed.hidden = status < 500 && ![403, 404].includes(status);
});

document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-confirm]");
  if (asked && !confirm(asked.dataset.confirm)) event.preventDefault();
});

// --- Replies that are about to leave ---

setInterval(() => {
  for (const one of document.querySelectorAll("[data-leaves]")) {
    const seconds = Math.ceil((Date.parse(one.dataset.leaves) - Date.now()) / 1000);
    const place = one.querySelector("[data-in]");
    if (seconds > 0) write(place, place.dataset.in.replace("{seconds}", seconds));
    else if (one.matches(".toast")) one.remove();
    else {
      write(place, place.dataset.out);
      one.querySelector("button")?.remove();
    }
  }
}, 250);

function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// --- People to choose from, while one types a name ---

let asked = 0;
document.addEventListener("input", (event) => {
  if (event.target.getAttribute("list") !== "people") return;
  clearTimeout(asked);
  const words = event.target.value.split(/[,;]/).pop().trim();
  if (words.length < 2 || event.inputType === undefined) return; // undefined: one of the suggestions was taken
  asked = setTimeout(async () => {
    const answer = await fetch(`${people}?${new URLSearchParams({ q: words })}`, { headers: { "HX-Request": "true" } });
    if (answer.ok) document.getElementById("people").innerHTML = await answer.text();
  }, 200);
});
