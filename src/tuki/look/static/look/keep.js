// What one has begun to write stays in this browser until it is sent: <textarea data-keep="reply-12">.

const prefix = "tuki-kept:";
const mine = `${prefix}${document.body.dataset.viewer}:`;

try {
  // Nobody finds what another person wrote here before.
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix) && !key.startsWith(mine)) localStorage.removeItem(key);
  }
  const sent = document.querySelector("[data-sent]")?.dataset.sent;
  if (sent) localStorage.removeItem(mine + sent);

  for (const area of document.querySelectorAll("textarea[data-keep]")) {
    const key = mine + area.dataset.keep;
    const kept = localStorage.getItem(key);
    if (kept && !area.value.trim()) {
      area.value = kept;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    let timer = 0;
    area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (area.value.trim()) localStorage.setItem(key, area.value);
        else localStorage.removeItem(key);
      }, 300);
    });
  }
} catch {
  // A browser that keeps nothing: the form works all the same.
}
