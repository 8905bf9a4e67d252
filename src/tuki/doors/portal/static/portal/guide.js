// What makes the help center quicker to read. Every page of it works without.

const said = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));

// The search box offers articles while one types. A late answer never takes the place of a newer one.

const box = document.querySelector("[data-suggest]");
if (box) suggest(box, document.getElementById("find-list"), box.form.querySelector(".find-clear"));

function suggest(input, list, clear) {
  let waiting, asked = 0, at = -1;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  const options = () => [...list.children];
  const open = (yes) => {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  };
  const choose = (n) => {
    at = n;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === n)));
    if (n < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", options()[n].id);
      options()[n].scrollIntoView({ block: "nearest" });
    }
  };
  const ask = async () => {
    const words = input.value.trim();
    const mine = ++asked;
    if (words.length < (/[\u3040-\u9fff]/.test(words) ? 1 : 2)) return open(false);
    const query = new URLSearchParams(new FormData(input.form));
    const answer = await fetch(`${input.dataset.suggest}?${query}`).catch(() => null);
    if (!answer?.ok || mine !== asked || document.activeElement !== input) return;
    list.innerHTML = await answer.text();
    if (mine !== asked) return;
    open(list.children.length > 0);
    const count = options().filter((option) => !option.matches(".find-all")).length;
    said(count ? input.dataset.some.replace("{count}", count) : input.dataset.none);
  };
  const fit = () => (clear.hidden = !input.value);

  input.addEventListener("input", () => {
    fit();
    choose(-1);
    clearTimeout(waiting);
    waiting = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
      event.preventDefault();
      if (list.hidden) open(true);
      const down = event.key === "ArrowDown";
      choose(down ? (at >= last ? -1 : at + 1) : at < 0 ? last : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.href = options()[at].dataset.href;
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (!list.hidden) open(false);
      else if (input.value) wipe();
    }
  });
  input.addEventListener("blur", () => setTimeout(() => open(false), 0));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-href]");
    if (option) location.href = option.dataset.href;
  });
  clear.addEventListener("click", wipe);
  addEventListener("pageshow", fit);
  fit();
  open(false);

  function wipe() {
    asked++;
    input.value = "";
    fit();
    open(false);
    input.focus();
  }
}

// A form that changes one part of the page: sent, and only that part taken from the page that answers.

document.addEventListener("submit", inPlace, true); // before page.js, which minds forms that leave the page

async function inPlace(event) {
  const form = event.target.closest("[data-in-place]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const where = form.dataset.inPlace;
  const pressed = event.submitter?.name ? `[name="${event.submitter.name}"][value="${event.submitter.value}"]` : "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector(where).replaceWith(document.adoptNode(page.querySelector(where)));
    const part = document.querySelector(where);
    ((pressed && part.querySelector(pressed)) || part).focus();
    said(part.querySelector("[data-said]")?.textContent ?? "");
  } catch {
    // As without a script: what went wrong is then a page of its own.
    if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
    form.submit();
  }
}

// What can be copied: a part's address, the page's, a piece of code. A part's link still leads there.

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy-link], [data-copy-page], [data-copy]");
  if (!copier || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { copy, copyPage } = copier.dataset;
  const text = copy ? copier.parentElement.querySelector("pre").innerText : copier.href ?? location.href.split("#")[0];
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  const words = copy ?? copyPage ?? document.querySelector("[data-copied-link]")?.dataset.copiedLink ?? "";
  said(words);
  copier.classList.add("copied");
  setTimeout(() => copier.classList.remove("copied"), 1600);
});

const share = document.querySelector("[data-share]");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: document.title, url: location.href.split("#")[0] }).catch(() => {}));
}

// A picture opens large on the page; Escape, its button or a click beside it closes it, and the focus goes back.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picture]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.getElementById("picture").content.firstElementChild.cloneNode(true);
  const picture = dialog.querySelector("img");
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  document.body.append(dialog);
  dialog.addEventListener("click", ({ target }) => (target.closest("button") || target === dialog) && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.showModal();
});

// A film is loaded when it is asked for, and nothing before.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-video]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const player = document.createElement(link.dataset.video === "film" ? "video" : "iframe");
  player.className = "player";
  player.title = link.querySelector(".video-title").textContent;
  if (player.tagName === "VIDEO") player.controls = player.autoplay = true;
  else Object.assign(player, { allow: "autoplay; fullscreen; picture-in-picture", referrerPolicy: "strict-origin-when-cross-origin", tabIndex: 0 });
  player.src = link.dataset.player;
  link.replaceWith(player);
  player.focus();
});

// Which part one reads is marked in the list of contents.

const parts = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
if (parts.size) {
  const heads = [...parts.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const here = heads.filter((head) => head.getBoundingClientRect().top < 140).pop() ?? heads[0];
    for (const [id, link] of parts) id === here.id ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current");
  };
  let going = false;
  addEventListener("scroll", () => {
    if (going) return;
    going = true;
    requestAnimationFrame(() => ((going = false), mark()));
  }, { passive: true });
  mark();
}

// What was read lately, in this browser only. It is forgotten where somebody else reads on.

if (!document.querySelector("[data-previewed]")) remember(document.body.dataset.viewer);

function remember(who) {
  const kept = (() => {
    try {
      const found = JSON.parse(localStorage.getItem("read"));
      return found?.who === who ? found.articles : [];
    } catch {
      return [];
    }
  })();
  const article = document.querySelector("[data-article]")?.dataset;
  const others = kept.filter((one) => one.id !== article?.article);
  const language = document.documentElement.lang;
  const now = article && { id: article.article, title: article.title, address: article.address, language };
  try {
    const articles = now ? [now, ...others].slice(0, 8) : others;
    if (articles.length) localStorage.setItem("read", JSON.stringify({ who, articles }));
    else localStorage.removeItem("read");
  } catch {} // a browser that keeps nothing
  const recent = document.getElementById("recent");
  const here = others.filter((one) => one.language === language && String(one.address).startsWith("/hc/")).slice(0, 5);
  if (!recent || !here.length) return;
  recent.querySelector("ul").append(
    ...here.map((one) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: one.address, textContent: one.title });
      item.className = "item";
      item.append(link);
      return item;
    }),
  );
  recent.hidden = false;
}
