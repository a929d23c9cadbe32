import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { EVIDENCE_FILE_BYTES_MAX } from '#libs/client/evidence-file.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';

/** The mode of the file. Evidence is not secret: it is made to be shown. */
const FILE_MODE = 0o644;

/** @throws CliError naming the file. */
export function readEvidenceFile(file: string): Uint8Array {
  try {
    if (statSync(file).size <= EVIDENCE_FILE_BYTES_MAX) return readFileSync(file);
  } catch (cause) {
    throw invalidInput(`${file} cannot be read: ${fileReason(cause)}`, cause);
  }
  throw invalidInput(`${file} is too large to be evidence`);
}

/** @throws CliError when the file exists or cannot be written. */
export function writeProofFile(file: string, content: Uint8Array): void {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: FILE_MODE });
  } catch (cause) {
    throw invalidInput(`${file} cannot be written: ${fileReason(cause)}`, cause);
  }
}
