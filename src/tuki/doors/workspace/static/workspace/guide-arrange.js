// A category or a section is dragged by its handle to its place among others; what is sent is what its buttons send.

const whole = document.getElementById("arrangement");
const form = document.getElementById("stepping");
let dragged = null;
let target = null;

whole?.addEventListener("dragstart", (event) => {
  if (!event.target.matches?.(".handle")) return;
  dragged = event.target.closest("[data-place]");
  dragged.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.pk);
  event.dataTransfer.setDragImage(dragged.firstElementChild, 10, 10);
});

whole?.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest(`[data-kind="${dragged.dataset.kind}"]`);
  unmark();
  if (!over || dragged.contains(over)) return;
  event.preventDefault();
  const { top, height } = over.firstElementChild.getBoundingClientRect();
  target = { beside: over, side: event.clientY > top + height / 2 ? "after" : "before" };
  over.classList.add(`drop-${target.side}`);
});

whole?.addEventListener("drop", (event) => {
  if (!target) return;
  event.preventDefault();
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: target.side, value: target.beside.dataset.pk });
  form.append(field);
  form.action = dragged.dataset.place;
  form.submit();
});

whole?.addEventListener("dragend", () => {
  unmark();
  dragged?.classList.remove("dragged");
  dragged = null;
});

function unmark() {
  target?.beside.classList.remove("drop-before", "drop-after");
  target = null;
}
