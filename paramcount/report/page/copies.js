// @ts-check
// Copying and saving: the command that prints the same, and the table in the command line's formats.

/** @param {View} view @param {string} form @returns {string} */
function copied(view, form) {
  if (form === "link") return location.href;
  if (form === "command") return command(view.model);
  const rows = tableOf(view);
  if (form === "CSV") return [["component", "formula", "parameters"], ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  if (form === "Markdown") return inMarkdown(rows);
  if (form === "LaTeX") return inLatex(rows);
  return inJson(view, rows);
}

/** @param {Model} model */
function command(model) {
  const described = model.described;
  const all = new Map([...Object.entries(described.set).map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)])), ...model.changes()]);
  if (described.of_family) for (const size of described.sizes) if (!model.tied.has(size.name)) all.set(size.name, String(model.at(size.name)));
  return ["paramcount", described.called, ...[...all].map(([name, value]) => `--set ${name}=${value}`)].join(" ");
}

/** @param {View} view @returns {string[][]} */
function tableOf(view) {
  const { model } = view;
  const variant = model.described.variants[model.variant()];
  const rows = (variant?.components ?? []).map((one) => [one.name, one.count]);
  return [...rows, ["total", view.reading("total")]].map(([name, place]) => {
    return [String(name), model.formula(Number(place)), String(model.count(Number(place)))];
  });
}

/** @param {string} text */
function quoted(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string[][]} rows */
function inMarkdown(rows) {
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell) => cell.replace(/[|*_]/g, "\\$&")).join(" | ")} |`;
  const body = rows.map(([name = "", formula = "", count = ""]) => line([name, formula, grouped(BigInt(count))]));
  return [line(["component", "formula", "parameters"]), "| --- | --- | ---: |", ...body].join("\n") + "\n";
}

/** @param {string[][]} rows */
function inLatex(rows) {
  const body = rows.map(([name = "", formula = "", count = ""]) => `${name} & $${latex(formula)}$ & ${grouped(BigInt(count))} \\\\`);
  const head = ["% \\usepackage{booktabs}", "\\begin{tabular}{llr}", "\\toprule", "component & formula & parameters \\\\", "\\midrule"];
  return [...head, ...body, "\\bottomrule", "\\end{tabular}"].join("\n") + "\n";
}

/** @param {string} formula */
function latex(formula) {
  const sized = formula.replace(/[A-Za-z][A-Za-z0-9_.]*/g, (name) => {
    const [letter = "", ...rest] = name.split("_");
    const index = rest.join("\\_");
    return letter.length > 1 || !index ? `\\text{${name.replaceAll("_", "\\_")}}` : `${letter}_{\\text{${index}}}`;
  });
  return sized.replaceAll("·", " \\, ").replaceAll("−", "-").replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => `^{${[...power].map((one) => RAISED.indexOf(one)).join("")}}`);
}

/** Counts are written as numbers, however long. @param {View} view @param {string[][]} rows */
function inJson(view, rows) {
  const sizes = [...view.model.values].map(([name, value]) => `    ${JSON.stringify(name)}: ${value}`);
  const switches = [...view.model.switches].map(([name, value]) => `    ${JSON.stringify(name)}: ${value}`);
  const components = rows.slice(0, -1).map(([name, formula, count]) =>
    `    {"name": ${JSON.stringify(name)}, "formula": ${JSON.stringify(formula)}, "params": ${count}}`);
  const parts = [`  "schema": 1`, `  "model": ${JSON.stringify(view.model.described.name)}`, `  "hyperparameters": {\n${[...sizes, ...switches].join(",\n")}\n  }`,
    `  "total": ${view.total()}`, `  "components": [\n${components.join(",\n")}\n  ]`];
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** The drawing as a standalone SVG, with its colours. @param {View} view */
function picture(view) {
  const drawing = view.one("drawing");
  if (!drawing) return "";
  const copy = /** @type {Element} */ (drawing.cloneNode(true));
  const [from, to] = [drawing.querySelectorAll("rect, text"), copy.querySelectorAll("rect, text")];
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    to[at]?.setAttribute("fill", style.fill);
    if (element instanceof SVGRectElement) to[at]?.setAttribute("stroke", style.stroke);
    else for (const [name, value] of [["font-size", "12"], ["font-family", "sans-serif"]]) to[at]?.setAttribute(name ?? "", value ?? "");
  });
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("width", "1000");
  copy.setAttribute("height", "420");
  return new XMLSerializer().serializeToString(copy);
}

/** @param {View} view @param {string} form */
async function save(view, form) {
  const svg = new Blob([picture(view)], { type: "image/svg+xml" });
  offer(form === "svg" ? svg : await rasterised(svg), `${view.model.described.name.replace(/[^\w.-]+/g, "-")}.${form}`);
}

/** @param {Blob} svg @returns {Promise<Blob>} */
async function rasterised(svg) {
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2000, 840];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture")))));
}

/** @param {Blob} blob @param {string} name */
function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
