// A password can be looked at while it is typed.

const words = document.querySelector("script[data-show]").dataset;

for (const input of document.querySelectorAll("input[type=password]")) {
  const frame = document.createElement("div");
  const button = document.createElement("button");
  frame.className = "password";
  button.type = "button";
  button.className = "quiet";
  button.setAttribute("aria-controls", input.id);
  input.replaceWith(frame);
  frame.append(input, button);
  turn(input, button, false);
  button.addEventListener("click", () => turn(input, button, input.type === "password"));
  // Sent as a password, so that browsers don't keep it as something to suggest.
  input.form.addEventListener("submit", () => turn(input, button, false));
}

function turn(input, button, shown) {
  input.type = shown ? "text" : "password";
  button.textContent = shown ? words.hide : words.show;
  button.setAttribute("aria-label", shown ? words.hideLabel : words.showLabel);
}
