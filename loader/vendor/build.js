// Bundles the packages that package.json names into one file each, with their licences and a manifest.
// The same lock file gives the same bytes: npm ci && npm run build
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const target = new URL("../trialgraph/server/static/vendor/", import.meta.url);
const here = new URL("./", import.meta.url);

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const files = {};
const licences = new Map();
for (const entry of ["codemirror.js", "d3-force.js"]) {
  const result = await build({
    entryPoints: [new URL(entry, here).pathname],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    absWorkingDir: here.pathname,
  });
  const bundled = result.outputFiles[0].contents;
  const packages = {};
  for (const name of new Set(Object.keys(result.metafile.inputs).map(packageOf).filter(Boolean)))
    packages[name] = await describe(name);
  files[entry] = {
    sha256: hash(bundled),
    entry_sha256: hash(await readFile(new URL(entry, here))),
    packages: Object.fromEntries(Object.entries(packages).sort()),
  };
  await writeFile(new URL(entry, target), bundled);
}
const texts = [...licences].sort().map(([name, text]) => `${name}\n\n${text.trim()}\n`);
await writeFile(new URL("LICENSES.txt", target), texts.join(`\n${"-".repeat(80)}\n\n`));
await writeFile(new URL("manifest.json", target), `${JSON.stringify(files, null, 2)}\n`);

function packageOf(path) {
  return path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
}

async function describe(name) {
  const folder = new URL(`node_modules/${name}/`, here);
  const { version, license } = JSON.parse(await readFile(new URL("package.json", folder)));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  licences.set(`${name} ${version} (${license})`, await readFile(new URL(file, folder), "utf8"));
  return { version, license };
}

function hash(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
