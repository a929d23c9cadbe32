/** The system's refusals of a file in words. They name no path, because the caller's message does. */
const WORDS = new Map([
  ['ENOENT', 'there is no such file, or no folder for it'],
  ['ENOTDIR', 'what should be a folder on its path is a file'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'it exists already'],
  ['EACCES', 'this user has no permission'],
  ['EPERM', 'this user has no permission'],
  ['EROFS', 'its file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['ENAMETOOLONG', 'its name is too long'],
]);

/** The ending that `writeFileAtomic` gives a name until the file is whole. */
const UNFINISHED = /\.[0-9a-f]+\.tmp$/;

/** Why a file cannot be used, without its name. */
export function fileReason(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  const code = 'code' in cause ? String(cause.code) : '';
  return WORDS.get(code) ?? cause.message;
}

/** The sentence for the system's refusal of a file that a person named; undefined for any other error. */
export function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const reason = WORDS.get(String(error.code));
  return reason && `${String(error.path).replace(UNFINISHED, '')} cannot be used: ${reason}`;
}
