// The status page: asks again while the machine reads the appeal, and copies the link.
"use strict";
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), 1000 * Number(waiting.dataset.refresh));
const copy = document.querySelector("[data-copy]");
const source = document.querySelector("[data-copy-source]");
if (copy && source && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value);
    copy.textContent = "Скопировано";
  });
  source.addEventListener("focus", () => source.select());
}
