"use strict";
// Only what is nicer with a script; everything works without it.
for (const form of document.querySelectorAll('form[method="post"]')) {
  const files = form.querySelector('input[type="file"]');
  form.addEventListener("submit", () => {
    const told = form.querySelector(".progress");
    told.textContent = told.dataset.working;
  });
  if (!files) continue;
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("dropping", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) files.files = event.dataTransfer.files;
    });
  }
}
// Excel, WPS and Word put the table itself beside its text: merged cells are only in that.
const pasted = document.getElementById("pasted");
if (pasted) {
  pasted.addEventListener("paste", (event) => {
    const table = event.clipboardData.getData("text/html");
    if (!/<table/i.test(table)) return;
    event.preventDefault();
    pasted.value = table;
  });
}
