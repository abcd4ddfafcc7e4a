// Numbers and amounts as people write them, read as the server reads them: tests/contracts/numbers.json holds for both.

const LONGEST = 60;
const CURRENCY = /^(?:sek|kr\.?) ?|(?: ?(?:sek|kr\.?|kronor|:-|,-))$/gi;
// Groups of three have one separator throughout; decimals another one. A single group after `.` or `,` may be either.
const AMOUNT = new RegExp(
  "^(?<sign>[-+]?) ?(?<whole>[0-9]+|[0-9]{1,3}(?:(?<group>[ '])[0-9]{3})(?:\\k<group>[0-9]{3})*" +
    "|[0-9]{1,3}(?:\\.[0-9]{3})+(?=,)|[0-9]{1,3}(?:,[0-9]{3})+(?=\\.)|[0-9]{1,3}(?:\\.[0-9]{3}){2,}" +
    "|[0-9]{1,3}(?:,[0-9]{3}){2,})(?:[.,:](?<decimals>[0-9]{1,2}))?$",
);
const DASH = /[\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]/g;
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

// On one line, each dash `-` and each character plain.
function plain(text) {
  const seen = text.replace(UNSEEN, "").normalize("NFKC").replace(DASH, "-");
  const bare = seen.trim().replace(/\s+/g, " ");
  return bare.length <= LONGEST ? bare : "";
}

export function readNumber(text) {
  const bare = plain(text).replaceAll(" ", "").replace(/,/g, ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : undefined;
}

export function readMoney(text) {
  const written = AMOUNT.exec(plain(text).replace(CURRENCY, ""));
  if (!written) return undefined;
  const { sign, whole, decimals } = written.groups;
  return Number(`${sign}${whole.replace(/[^0-9]/g, "")}.${decimals ?? 0}`);
}
