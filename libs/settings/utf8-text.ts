import { isUtf8 } from 'node:buffer';

const NEWLINE = 0x0a;

/** The text of a settings file, or why its bytes are none. A byte order mark stays. */
export type Utf8Text = { readonly text: string } | { readonly problem: string };

/** Reads bytes as UTF-8 and replaces nothing: a file that lost a byte is not the file that a person wrote. */
export function utf8Text(bytes: Uint8Array): Utf8Text {
  if (isUtf8(bytes)) return { text: Buffer.from(bytes).toString() };
  return { problem: `line ${firstBrokenLine(bytes)} is not UTF-8 text` };
}

/** No character of UTF-8 has a newline within it, so that each line is UTF-8 by itself or broken by itself. */
function firstBrokenLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; ; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
