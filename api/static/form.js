// The citizen's form: no double sending, and the names of the chosen photos.
"use strict";
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    button.textContent = "Отправляем…";
  });
  // the page may come back from the browser's memory with the button still off
  window.addEventListener("pageshow", () => {
    const button = form.querySelector("button[type=submit]");
    button.disabled = false;
    button.textContent = "Отправить";
  });
}
const files = document.querySelector("#photos");
const list = document.querySelector("[data-chosen-files]");
if (files && list) {
  files.addEventListener("change", () => {
    list.replaceChildren(
      ...[...files.files].map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}, ${(file.size / 1e6).toLocaleString("ru", { maximumFractionDigits: 1 })} МБ`;
        return line;
      }),
    );
  });
}
const error = document.querySelector("#error");
if (error) {
  error.tabIndex = -1;
  error.focus();
}
