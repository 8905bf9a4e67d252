// The modules of the chosen product only, and none to choose where it has none.

const product = document.getElementById("id_product");
const module = document.getElementById("id_module");

if (product && module) {
  const groups = [...module.querySelectorAll("optgroup")];
  const fit = () => {
    const name = product.selectedOptions[0].text;
    const own = groups.filter((group) => !product.value || group.label === name);
    const chosen = module.value;
    module.replaceChildren(module.options[0], ...own);
    module.value = chosen;
    if (module.selectedIndex < 0) module.selectedIndex = 0;
    module.closest(".field").hidden = !own.length;
  };
  product.addEventListener("change", fit);
  fit();
}

// Articles that may answer it appear beneath the subject while it is written. A late answer never takes the place of a
// newer one, and what was asked before is not asked again.

const subject = document.getElementById("id_subject");
const part = document.getElementById("helping");

if (subject && part) {
  const known = new Map();
  let waiting, wanted = words();
  known.set(wanted, part.innerHTML);

  subject.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 300);
  });
  part.addEventListener("click", opened);
  part.addEventListener("auxclick", opened);

  function words() {
    return subject.value.trim().replace(/\s+/g, " ");
  }

  async function ask() {
    const asked = (wanted = words());
    const enough = asked.length >= (/[\u3040-\u9fff]/.test(asked) ? 2 : 3);
    if (enough && !known.has(asked)) {
      const answer = await fetch(`${part.dataset.helping}?${new URLSearchParams({ subject: asked })}`).catch(() => null);
      if (!answer?.ok) return;
      known.set(asked, await answer.text());
    }
    if (asked === wanted) show(enough ? known.get(asked) : "");
  }

  function show(found) {
    if (part.contains(document.activeElement)) return; // one is about to open what stands there
    const before = titles();
    part.innerHTML = found;
    const now = titles();
    part.hidden = !now.length;
    if (!now.length || String(now) === String(before)) return;
    const said = now.length === 1 ? part.dataset.one : part.dataset.some.replace("{count}", now.length);
    document.dispatchEvent(new CustomEvent("announce", { detail: said }));
  }

  function titles() {
    return [...part.querySelectorAll("a")].map((link) => link.pathname);
  }

  function opened(event) {
    const link = event.target.closest("a");
    if (link && event.button < 2) subject.form.elements.article.value = link.dataset.article;
  }
}
