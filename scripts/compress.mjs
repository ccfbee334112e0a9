// Writes FILE.br and FILE.gz beside every file of a folder that shrinks by it: node compress.mjs FOLDER
// Slow and tight on purpose: it happens once a build, the server only hands the result out.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const KINDS = /\.(css|html|js|json|map|svg|txt|wasm|webmanifest|xml)$/;
/** Below this many bytes a response fits one packet either way. */
const SMALLEST = 512;

const methods = {
  br: (data) =>
    promisify(brotliCompress)(data, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
    }),
  gz: (data) => promisify(gzip)(data, { level: 9 }),
};

async function compress(file) {
  const data = await readFile(file);
  if (data.length < SMALLEST) return;
  await Promise.all(
    Object.entries(methods).map(async ([suffix, method]) => {
      const packed = await method(data);
      if (packed.length < data.length) await writeFile(`${file}.${suffix}`, packed);
    }),
  );
}

const folder = process.argv[2];
if (!folder) throw new Error("compress.mjs needs a folder");
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile() && KINDS.test(entry.name));
await Promise.all(files.map((entry) => compress(join(entry.parentPath ?? entry.path, entry.name))));
