import { AppError } from '#libs/errors/app-error.ts';
import { fileProblem } from '#services/launcher/words/file-problem.ts';
import type { BundleFile, BundlePart, MissingPart } from './bundle-part.ts';
import type { Redaction } from './redaction.ts';

export interface CollectOptions {
  readonly redact: Redaction;
  /** Told of each part as it is had, or is not. */
  readonly note: (line: string) => void;
  readonly partMsMax: number;
  readonly fileBytesMax: number;
}

export interface CollectedParts {
  readonly files: readonly BundleFile[];
  readonly missing: readonly MissingPart[];
}

/** Collects parts one after the other, each bounded in time and bytes and without its secrets. A part that cannot be had is told, and stops nothing. */
export async function collectParts(
  parts: readonly BundlePart[],
  options: CollectOptions,
): Promise<CollectedParts> {
  const files: BundleFile[] = [];
  const missing: MissingPart[] = [];
  for (const part of parts) {
    const had = await collectPart(part, options);
    if ('reason' in had) missing.push(had);
    else files.push(...had.files);
    options.note(
      'reason' in had ? `${part.name}: not had: ${had.reason}` : `${part.name}: ${sizeOf(had.files)}`,
    );
  }
  return { files, missing };
}

async function collectPart(
  { name, collect }: BundlePart,
  { redact, partMsMax, fileBytesMax }: CollectOptions,
): Promise<{ readonly files: readonly BundleFile[] } | MissingPart> {
  try {
    const found = await inTime(collect, partMsMax);
    // Secrets first: half of one that a cut left would not be found any more.
    const files = found.map((file) => bounded({ ...file, text: redact(file.text) }, fileBytesMax));
    return { files };
  } catch (error) {
    return { part: name, reason: redact(reasonOf(error)) };
  }
}

async function inTime<T>(work: () => Promise<T>, msMax: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${msMax / 1000} s`)), msMax);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The sentence without the stack: a bundle is of use although one part of it is a fault of ours. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return fileProblem(error) ?? (error instanceof Error ? error.message : String(error));
}

function bounded(file: BundleFile, bytesMax: number): BundleFile {
  const bytes = Buffer.from(file.text);
  if (bytes.length <= bytesMax) return file;
  const text = bytes.subarray(0, bytesMax).toString('utf8');
  return { ...file, text, cut: `the first ${bytesMax} of ${bytes.length} bytes` };
}

function sizeOf(files: readonly BundleFile[]): string {
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const count = files.length === 1 ? '' : ` in ${files.length} files`;
  return `${Math.ceil(bytes / 1024)} kB${count}`;
}
