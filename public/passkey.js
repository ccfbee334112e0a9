// Passkeys: fetches the question of a form, has the browser's authenticator answer it, and sends the form with the answer.
// The server judges it; what is said here is only why there is no answer.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const described = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

async function create(options) {
  const { user, challenge, excludeCredentials } = options;
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: described(excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  return whole(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
}

async function get(options) {
  const { challenge, allowCredentials } = options;
  const found = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(challenge), allowCredentials: described(allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return whole(found, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle && text(userHandle),
  });
}

function whole(credential, response) {
  const id = text(credential.rawId);
  return { id, rawId: id, type: credential.type, response, clientExtensionResults: {} };
}

const WHY = {
  NotAllowedError: "No passkey was given. Try again, or choose another way.",
  InvalidStateError: "This device keeps a passkey for you already.",
  SecurityError: "Passkeys hold at the public address of this site alone. Open the page there.",
};

async function answer(place, form) {
  const asked = await fetch(place.dataset.begin, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
  });
  const said = await asked.json();
  // The form itself leads to where it is proved again who one is.
  if (said.code === "proof_needed") return form.submit();
  if (!asked.ok) throw new Error(said.message);
  const credential = await { create, get }[place.dataset.passkey](JSON.parse(said));
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

addEventListener("submit", async (event) => {
  const form = event.target;
  const place = form.closest("[data-passkey]");
  if (!place) return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  if (button.hasAttribute("aria-busy")) return;
  const line = place.querySelector("[role=alert]");
  line.textContent = "";
  button.setAttribute("aria-busy", "true");
  try {
    if (!window.PublicKeyCredential) throw new Error("This browser has no passkeys. Choose another way.");
    await answer(place, form);
  } catch (error) {
    line.textContent = WHY[error.name] ?? error.message;
    button.removeAttribute("aria-busy");
  }
});

// A page that comes back with the back button asks anew.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-passkey] form")) {
    form.elements.credential.value = "";
    form.querySelector("button[type=submit]").removeAttribute("aria-busy");
  }
});
