// Articles to link to, while one types words of their titles: <input data-articles="…?language=fi"> before a
// <ul class="found-articles">. What is chosen is told as "article" on the list.

let waiting = 0;

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.articles) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const words = target.value.trim();
    const asked = `${target.dataset.articles}&${new URLSearchParams({ q: words })}`;
    const answer = words.length < 2 ? null : await fetch(asked, { headers: { "HX-Request": "true" } });
    if (target.value.trim() === words) listOf(target).innerHTML = answer?.ok ? await answer.text() : "";
  }, 200);
});

document.addEventListener("click", ({ target }) => {
  const found = target.closest("[data-link]");
  if (!found) return;
  const { link: href, title } = found.dataset;
  const list = found.closest("ul");
  list.dispatchEvent(new CustomEvent("article", { detail: { href, title } }));
  list.replaceChildren();
});

function listOf(field) {
  return document.getElementById(field.getAttribute("aria-controls"));
}
