// Filters of a list apply as soon as they are chosen; without scripts there is the button.
"use strict";
for (const form of document.querySelectorAll("form[data-filters]")) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "group" && form.elements.topic) form.elements.topic.value = "";
    if (event.target.type !== "search") form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
}
