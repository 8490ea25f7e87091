// Passkeys: asks the authenticator what the page carries, writes its answer into the form, and sends the form.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      const field = form.elements.namedItem("credential");
      if (field.value) return;
      event.preventDefault();
      const failed = form.querySelector(".failed");
      failed.hidden = true;
      try {
        if (!window.PublicKeyCredential) throw new Error("missing");
        const options = JSON.parse(form.dataset.options);
        const made = form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        field.value = JSON.stringify(made.toJSON());
        form.requestSubmit(event.submitter);
      } catch (fault) {
        failed.textContent = window.PublicKeyCredential ? form.dataset.failed : form.dataset.missing;
        failed.hidden = false;
      }
    });
    // On a slow line the page is there before this file, and a press would send the form without an answer.
    form.querySelector("button").disabled = false;
    // A page that the browser took from its memory must not send an old answer.
    window.addEventListener("pageshow", () => { form.elements.namedItem("credential").value = ""; });
  }
})();
