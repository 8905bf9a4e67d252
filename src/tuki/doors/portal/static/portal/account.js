// A password can be looked at while it is typed.

const { show, hide } = document.querySelector("script[data-show]").dataset;

for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet show-password";
  button.textContent = show;
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => turn(input, button, input.type === "password"));
  // Sent as a password, so that browsers don't keep it as something to suggest.
  input.form.addEventListener("submit", () => turn(input, button, false));
  input.after(button);
}

function turn(input, button, shown) {
  input.type = shown ? "text" : "password";
  button.textContent = shown ? hide : show;
}
