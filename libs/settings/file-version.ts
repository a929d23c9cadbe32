import type { YamlSection } from './yaml-section.ts';

/** Version of the format of conf.yaml and peers.yaml that this program writes (P2P-42, P2P-64). */
export const FILE_VERSION = 1;

/** A file without `version` is one of upstream, or older than versions: it means the same. */
const UNVERSIONED = 0;

const WHOLE_NUMBER = /^\d{1,9}$/;

/** The version a file says it has. */
export type FileVersion = { readonly version: number } | { readonly problem: string };

/** Reads `version` at the top of a file. A newer version is refused, because its meaning is not known here. */
export function fileVersion(root: YamlSection): FileVersion {
  const text = root.text('version');
  if (text === '') return { version: UNVERSIONED };
  if (!WHOLE_NUMBER.test(text))
    return {
      problem: `version must be a whole number up to ${FILE_VERSION}: write "version: ${FILE_VERSION}"`,
    };
  const version = Number(text);
  if (version <= FILE_VERSION) return { version };
  return {
    problem: `version ${version} is newer than ${FILE_VERSION}, which this program knows: update the program`,
  };
}
