/* What screening pages do beyond links and forms: dropping a file anywhere on the form, saying that work is
   under way, and explaining a cell of the matrix where it stands. Without this script all of it works plainly. */

const form = document.querySelector("form.screen[data-largest]") ?? document.querySelector("form.screen");
const input = form?.querySelector("input[type=file]");
if (input) acceptDrops(form, input);
if (form) showProgress(form);
const dialog = document.querySelector("dialog");
if (dialog) explainCells(dialog);

function acceptDrops(form, input) {
  const area = form.querySelector(".drop");
  input.addEventListener("change", () => judge(input, Number(form.dataset.largest)));
  for (const type of ["dragenter", "dragover"])
    document.addEventListener(type, (event) => {
      event.preventDefault();
      area.classList.add("over");
    });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}

/* A file that is too large is told before it is sent. */
function judge(input, largest) {
  const file = input.files[0];
  const more = input.files.length > 1;
  const large = file && file.size > largest * 0.99;
  const words = more ? "Drop one file: the bundle of one patient." : large ? "This file is larger than is read." : "";
  input.setCustomValidity(words);
  if (words) input.reportValidity();
}

function showProgress(form) {
  const states = [...document.querySelectorAll("form.screen [role=status]")];
  addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // a file comes, and the page stays
    const own = event.target.matches("form.screen") ? event.target : event.target.closest(".cards") && form;
    if (!own) return;
    for (const state of states) state.hidden = !own.contains(state);
    document.querySelector("main").setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const state of states) state.hidden = true;
    document.querySelector("main").removeAttribute("aria-busy");
  });
}

function explainCells(dialog) {
  const cells = [...document.querySelectorAll("a.cell")];
  let at = 0;
  const show = (index) => {
    at = (index + cells.length) % cells.length;
    fill(dialog, cells[at]);
  };
  for (const [index, cell] of cells.entries())
    cell.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
      dialog.showModal();
    });
  dialog.addEventListener("close", () => cells[at].focus());
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(at + step);
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target === dialog || button?.hasAttribute("data-close")) dialog.close();
    else if (button) show(at + Number(button.dataset.step));
  });
}

/* The explanation of a cell is its row of the tables below, told from top to bottom. */
function fill(dialog, cell) {
  const row = document.getElementById(cell.getAttribute("href").slice(1));
  const [name, verdict, ...told] = row.cells;
  const trial = row.closest("details");
  dialog.querySelector("h2").textContent = `${trial.id}, ${name.textContent.trim()}`;
  const content = dialog.querySelector(".content");
  content.replaceChildren(part("", verdict), ...told.map((each) => part(each.dataset.label, each)));
}

function part(label, cell) {
  const block = document.createElement("div");
  if (label) {
    const name = document.createElement("b");
    name.textContent = label;
    block.append(name);
  }
  block.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
  return block;
}
