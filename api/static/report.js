// The form of a report: what was chosen, how far it is sent, and an error that keeps the files where they are.
"use strict";
const report = document.querySelector("form[data-report]");
if (report) {
  const list = report.querySelector("[data-report-files]");
  const bar = report.querySelector("[data-report-progress]");
  const alert = report.querySelector("[data-report-error]");
  const button = report.querySelector("button.primary");
  const inputs = [...report.querySelectorAll("input[type=file]")];
  const show = () => {
    const files = inputs.flatMap((input) => [...input.files]);
    list.replaceChildren(
      ...files.map((file) => {
        const line = document.createElement("li");
        const large = file.size >= 1e6;
        const size = large ? `${(file.size / 1e6).toFixed(1).replace(".", ",")} МБ` : `${Math.ceil(file.size / 1e3)} КБ`;
        line.textContent = `${file.name}, ${size}`;
        return line;
      }),
    );
  };
  inputs.forEach((input) => input.addEventListener("change", show));
  const failed = (words) => {
    alert.textContent = words;
    alert.hidden = false;
    bar.hidden = true;
    button.disabled = false;
    button.textContent = "Отправить отчёт";
    alert.scrollIntoView({ block: "center" });
  };
  report.addEventListener("submit", (event) => {
    if (event.submitter !== button) return; // the preview of the reply opens beside
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", report.action);
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total;
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        // the address may be this very page: only a reload shows it anew
        location.replace(request.responseURL.split("#")[0]);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = page.querySelector("[role=alert]:not([hidden]), .failure p");
      failed(said ? said.textContent.trim() : "Отчёт не отправлен. Повторите через минуту.");
    });
    request.addEventListener("error", () => failed("Нет связи. Отчёт не отправлен: файлы остались здесь, повторите."));
    alert.hidden = true;
    bar.value = 0;
    bar.hidden = false;
    button.disabled = true;
    button.textContent = "Отправляем…";
    request.send(new FormData(report));
  });
}
