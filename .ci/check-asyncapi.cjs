// node .ci/check-asyncapi.cjs FILE: whether the file is valid AsyncAPI; says what is not.

const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

const ERROR = 0;

async function main(file) {
  const { diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
  const faults = diagnostics.filter((each) => each.severity === ERROR);
  for (const fault of faults) console.error(`${file}: ${fault.path.join("/")}: ${fault.message}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main(process.argv[2]);
