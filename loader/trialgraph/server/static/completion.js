/* What the editor completes: variables of the query, words of SPARQL, names of the vocabulary, and concepts by any
   of their names. The server tells the names once, when the first is wanted. */

const WORDS = `SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES
  EXISTS NOT IN AS UNDEF GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET PREFIX BASE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT
  SEPARATOR STR LANG DATATYPE BOUND IF COALESCE REGEX CONTAINS STRSTARTS STRENDS LCASE UCASE STRLEN SUBSTR REPLACE CONCAT
  STRAFTER STRBEFORE ABS ROUND CEIL FLOOR YEAR MONTH DAY NOW isIRI isLiteral isBlank isNumeric a true false`.split(/\s+/);

let known;

function terms() {
  known ??= fetch("/ask/terms.json").then((answer) => answer.json()).then(options, () => []);
  return known;
}

export async function complete(context) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(context), validFor: /^[?$]\w*$/ };
  const word = context.matchBefore(/[A-Za-z][\w-]*(:[\w.-]*)?/);
  if ((!word && !context.explicit) || inComment(context)) return null;
  return { from: word ? word.from : context.pos, options: await terms(), validFor: /^[\w-]*(:[\w.-]*)?$/ };
}

function variables(context) {
  const here = context.matchBefore(/[?$]\w*/).text;
  const found = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  if (context.state.doc.toString().split(here).length === 2) found.delete(here);
  return [...found].sort().map((label) => ({ label, type: "variable" }));
}

function inComment(context) {
  const line = context.state.doc.lineAt(context.pos);
  return line.text.slice(0, context.pos - line.from).trimStart().startsWith("#");
}

function options({ prefixes, terms, concepts }) {
  return [
    ...WORDS.map((label) => ({ label, type: "keyword" })),
    ...Object.entries(prefixes).map(([name, iri]) => ({ label: `${name}:`, type: "namespace", detail: iri })),
    ...terms.map(([label, type, info]) => ({ label, type, detail: type, info, boost: 2 })),
    ...concepts.flatMap(([name, ...names]) => [
      { label: name, type: "class", detail: names[0], boost: -1 },
      ...names.map((label) => ({ label, displayLabel: label, apply: name, detail: name, type: "text", boost: -2 })),
    ]),
  ];
}
