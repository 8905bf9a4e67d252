// Says what is new when the page has been brought up to date.

const messages = () => [...document.querySelectorAll("#thread > .message")];
let known = new Set(messages().map((message) => message.id));

document.addEventListener("htmx:after:swap", () => {
  const request = document.getElementById("request");
  if (!request) return location.reload(); // none came: whoever reads here may not any more, and is told so
  const words = request.dataset.new;
  for (const message of messages().filter((message) => !known.has(message.id))) {
    document.dispatchEvent(new CustomEvent("announce", { detail: words.replace("{name}", message.dataset.who) }));
  }
  known = new Set(messages().map((message) => message.id));
});
