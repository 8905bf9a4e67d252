// Passkeys: the browser makes or uses one, and a form carries what it says. Without this script nothing offers them.
//
// <form data-passkey="get" data-origin="https://…" data-not="…" data-known="…" hidden> holds <input name="credential"> and
// <p role="alert">. What shall be signed stands in #passkey-options; else it is asked for at the form's own address.
// Anything else with data-passkey appears with it, and data-without-passkey gives way to it.

const reading = { get: "parseRequestOptionsFromJSON", create: "parseCreationOptionsFromJSON" };

for (const offer of document.querySelectorAll("[data-passkey]")) {
  const { passkey, origin } = offer.dataset;
  if (!window.PublicKeyCredential?.[reading[passkey]] || location.origin !== origin) continue;
  offer.hidden = false;
  for (const other of document.querySelectorAll("[data-without-passkey]")) other.hidden = true;
  if (offer.tagName !== "FORM") continue;
  offer.addEventListener("submit", (event) => {
    event.preventDefault();
    sign(offer, passkey);
  });
}

async function sign(form, passkey) {
  const button = form.querySelector("button");
  const said = form.querySelector("[role=alert]");
  button.disabled = true;
  said.textContent = "";
  try {
    const publicKey = PublicKeyCredential[reading[passkey]]((await asked(form)).publicKey);
    form.elements.credential.value = JSON.stringify(await navigator.credentials[passkey]({ publicKey }));
    form.submit();
  } catch (error) {
    said.textContent = error.name === "InvalidStateError" ? form.dataset.known : form.dataset.not;
  } finally {
    button.disabled = false;
  }
}

async function asked(form) {
  const here = document.getElementById("passkey-options");
  const answer = here
    ? JSON.parse(here.textContent)
    : await (await fetch(form.action, { headers: { Accept: "application/json" } })).json();
  return answer.request_options ?? answer.creation_options;
}
