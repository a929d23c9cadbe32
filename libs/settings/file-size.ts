const BYTES_PER_KB = 1024;
const BYTES_PER_MB = 1024 * 1024;

/** The bytes of a size, or the problem with its text. */
export type SizeResult = { readonly bytes: number } | { readonly problem: string };

const WHOLE_NUMBER = /^\+?\d{1,10}$/;

/**
 * Reads `logging.file_max_size`: `10MB`, `10mb`, `10` (MB), and ours `512kB`. One MB is 1048576 bytes (LOG-07).
 * Zero and negative sizes, which upstream lets through to misbehave later, are refused here.
 */
export function parseFileSize(text: string): SizeResult {
  const unit = /[km]b$/i.exec(text)?.[0];
  const amount = unit === undefined ? text : text.slice(0, -unit.length);
  if (unit === undefined && !/^[+-]?\d+$/.test(text)) {
    return { problem: `invalid size format, expected number or numberMB: ${text}` };
  }
  if (amount === '')
    return { problem: `size value missing before ${unit?.toUpperCase() === 'KB' ? 'kB' : 'MB'}` };
  if (!WHOLE_NUMBER.test(amount) || Number(amount) === 0)
    return { problem: `invalid size number: ${amount}` };
  return { bytes: Number(amount) * (unit?.toLowerCase() === 'kb' ? BYTES_PER_KB : BYTES_PER_MB) };
}
