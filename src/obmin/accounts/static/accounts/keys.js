"use strict";
// A form marked data-key asks the security key first, puts its answer into the field marked data-answer, and is sent.
// data-key="get": prove it is you; "create": register a key. The question comes from data-options (JSON) or from
// the address in data-from. What to say meanwhile stands in the form, marked data-say.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

function question(json) {
  const asked = json.publicKey;
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"])
    for (const one of asked[list] ?? []) one.id = bytes(one.id);
  return asked;
}

function told(credential) {
  const { response } = credential;
  const out = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[part]) out[part] = text(response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: out,
    clientExtensionResults: {},
  });
}

function say(form, what) {
  for (const line of form.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== what;
}

async function ask(form) {
  if (!window.PublicKeyCredential) return say(form, "missing");
  say(form, "waiting");
  try {
    const json = form.dataset.options
      ? JSON.parse(form.dataset.options)
      : await (await fetch(form.dataset.from, { credentials: "same-origin", cache: "no-store" })).json();
    const publicKey = question(json);
    const make = form.dataset.key === "create";
    const found = await navigator.credentials[make ? "create" : "get"]({ publicKey });
    form.querySelector("[data-answer]").value = told(found);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    say(form, error.name === "InvalidStateError" ? "known" : error.name === "SecurityError" ? "missing" : "stopped");
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-key]")) return;
  event.preventDefault();
  ask(event.target);
});
