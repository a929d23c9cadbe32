/** The files of a signer in its folder; services/signer/README.md describes each of them. */
export const KEY_FILE_NAME = 'signer.key';
export const LEDGER_FILE_NAME = 'signer.db';
/** Its owner alone reads and writes it. */
export const LEDGER_FILE_MODE = 0o600;
export const MIRROR_FILE_NAME = 'signer.mirror';
export const AUDIT_KEY_NAME = 'audit.key';
export const LATCH_FILE_NAME = 'signer.fault';

/** Holds the key that follows, until its epoch begins. */
export const NEXT_FOLDER = 'next';
