// What every page has: things that fold, notices that close, areas that grow, forms that go once.

const folds = "[data-fold]";

document.addEventListener("click", (event) => {
  const button = event.target.closest(folds);
  if (button) {
    turn(button, button.getAttribute("aria-expanded") !== "true");
    return;
  }
  closeOthers(event.target);
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(dismiss.dataset.dismiss).remove();
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = [...document.querySelectorAll(`${folds}[aria-expanded=true]:not([data-fold=narrow], [data-fold=phone])`)].pop();
  if (open) {
    turn(open, false);
    open.focus();
  }
});

document.addEventListener("focusin", (event) => closeOthers(event.target));

function turn(button, open) {
  button.setAttribute("aria-expanded", String(open));
}

// A drop-down closes when one goes on elsewhere.
function closeOthers(target) {
  for (const button of document.querySelectorAll("[data-fold=drop][aria-expanded=true]")) {
    if (!button.parentElement.contains(target)) turn(button, false);
  }
}

// What stands in a live region when a page opens is not read out: say it once more.
function announce(words) {
  const announcer = document.getElementById("announcer");
  if (!announcer) return;
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = words), 150);
}

const said = [...document.querySelectorAll(".flash[role=status] p")].map((p) => p.textContent).join(" ");
if (said) announce(said);
document.addEventListener("announce", (event) => announce(event.detail));

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) {
      event.target.style.height = "auto";
      event.target.style.height = `${event.target.scrollHeight + 2}px`;
    }
  });
}

// A second click on a button that is at work sends nothing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || event.submitter?.formMethod === "get") return;
  if (form.dataset.going) {
    event.preventDefault();
    return;
  }
  form.dataset.going = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => rest(form), 15_000);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-going]").forEach(rest));

function rest(form) {
  delete form.dataset.going;
  form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
}
