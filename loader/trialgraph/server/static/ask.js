/* The query editor: what a plain text area can do, with colours, completion and the place of an error.
   It lives in a shadow root, because there its styles need no exception from the page's policy. */

import {
  acceptCompletion, autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap, defaultKeymap,
  drawSelection, EditorState, EditorView, highlightActiveLine, HighlightStyle, history, historyKeymap, keymap,
  lineNumbers, lintKeymap, setDiagnostics, sparql, StreamLanguage, syntaxHighlighting, tags,
} from "/static/vendor/codemirror.js";
import { complete } from "/static/completion.js";
import { draw } from "/static/graph.js";

const form = document.querySelector("form.ask");
const area = form.querySelector("textarea");
const view = edit(form.querySelector(".editor"), area);
showFault(document.getElementById("problem"));
for (const each of document.querySelectorAll("details.graph")) draw(each);

form.addEventListener("submit", () => {
  area.value = view.state.doc.toString();
  form.querySelector("[role=status]").hidden = false;
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  form.querySelector("[role=status]").hidden = true;
  form.removeAttribute("aria-busy");
});

function edit(place, area) {
  const root = place.attachShadow({ mode: "open" });
  const colours = HighlightStyle.define([
    { tag: tags.keyword, color: "var(--fact)", fontWeight: "600" },
    { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--value)" },
    { tag: [tags.string, tags.literal, tags.number], color: "var(--pass)" },
    { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
    { tag: [tags.atom, tags.standard(tags.variableName), tags.propertyName], color: "var(--words)" },
  ]);
  const ask = () => (form.requestSubmit(), true);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        keymap.of([{ key: "Mod-Enter", run: ask }, { key: "Tab", run: acceptCompletion }]),
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(),
        StreamLanguage.define(sparql), syntaxHighlighting(colours), theme(),
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping, EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.contentAttributes.of({
          "aria-label": "Query", tabindex: "0", spellcheck: "false", autocorrect: "off", autocapitalize: "off",
        }),
      ],
    }),
  });
  area.hidden = true;
  place.hidden = false;
  form.querySelector("label").addEventListener("click", () => view.focus());
  for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
  return view;
}

/* Chromium keeps the look of text that is typed over in a style attribute, which the page's policy blocks and
   complains about; so what is selected is replaced here before the browser does. */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || empty || !event.data) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, insert));
  if (!handled) view.dispatch(insert());
  return true;
}

function theme() {
  const box = { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: ".3rem" };
  return EditorView.theme({
    "&": { fontSize: ".9rem", color: "var(--ink)", backgroundColor: "var(--paper)", height: "100%" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: 'ui-monospace, "SF Mono", Consolas, "Liberation Mono", monospace', lineHeight: "1.5", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--tint)", color: "var(--quiet)", border: "0" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
    "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
      backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
    },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-tint)" },
    ".cm-tooltip": box,
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".15rem .5rem" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
    ".cm-completionDetail": { fontStyle: "normal", opacity: ".8" },
    ".cm-completionInfo": { ...box, maxWidth: "22rem", fontFamily: "system-ui, sans-serif" },
    // instead of a picture from a data address, which the policy doesn't let in
    ".cm-lintRange-error, .cm-lintRange-active": { backgroundImage: "none", textDecoration: "underline wavy var(--fail)" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--fail)" },
  });
}

/* The server says line and column, counted from 1; the word there is marked, and the cursor put before it. */
function showFault(problem) {
  if (!problem?.dataset.line) return;
  const doc = view.state.doc;
  const line = doc.line(Math.min(Number(problem.dataset.line), doc.lines));
  const from = Math.min(line.from + Number(problem.dataset.column) - 1, line.to);
  const word = /^\S+/.exec(doc.sliceString(from, line.to));
  const to = from + (word ? word[0].length : 0);
  const message = problem.querySelector("p").textContent;
  view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}
