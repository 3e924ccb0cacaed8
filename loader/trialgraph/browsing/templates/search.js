// Finds concepts by any of their names; NAMES holds [page, label, other names …].
(() => {
  const root = document.currentScript.dataset.root;
  const form = document.getElementById("search");
  const input = form.querySelector("input");
  const list = form.querySelector("ol");
  const most = 12;

  // Lower is better: the whole name, its beginning, the beginning of a word, anywhere.
  const rank = (name, words) => {
    const folded = name.toLowerCase();
    if (folded === words) return 0;
    if (folded.startsWith(words)) return 1;
    if (folded.includes(` ${words}`)) return 2;
    return folded.includes(words) ? 3 : 9;
  };

  const found = (words) =>
    NAMES.map(([page, ...names]) => {
      const ranks = names.map((name, index) => rank(name, words) + (index ? 0.5 : 0));
      const best = Math.min(...ranks);
      return { page, label: names[0], by: names[ranks.indexOf(best)], best };
    })
      .filter((each) => each.best < 9)
      .sort((a, b) => a.best - b.best || a.label.length - b.label.length);

  const item = ({ page, label, by }) => {
    const link = document.createElement("a");
    link.href = `${root}concept/${page}.html`;
    link.textContent = label;
    if (by !== label) link.append(Object.assign(document.createElement("small"), { textContent: by }));
    const row = document.createElement("li");
    row.append(link);
    return row;
  };

  form.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    const all = words.length > 1 ? found(words) : [];
    list.replaceChildren(...all.slice(0, most).map(item));
    if (words.length > 1 && !all.length) {
      list.append(Object.assign(document.createElement("p"), { textContent: "no concept has this name" }));
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.replaceChildren();
  });
})();
