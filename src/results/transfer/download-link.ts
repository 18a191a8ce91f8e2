import type { Signer } from '../../base/signer.ts';
import type { StoredResult } from '../result.ts';
import { ownerFolderName } from '../store/sweep.ts';

/** Where a person gets a stored result as a file, without being asked who they are. */
export interface DownloadLink {
  url: string;
  /** ISO 8601. */
  expires: string;
}

/** What a link is for. It names no person, and holds nothing that opens anything else. */
export interface Download {
  /** Name of the owner's folder; empty for that of the process. */
  owner: string;
  id: string;
  /** When the result was made: what comes in its place is not what the link was made for. */
  createdAt: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

const lifetimeMs = 15 * 60_000;
const purpose = 'download';

/** Makes the links of one caller. `base`: address of the folder that they stand in, ending in a slash. */
export function downloadLink(
  result: StoredResult,
  { base, signer, callerId, now }: { base: string; signer: Signer; callerId: string; now: number },
): DownloadLink {
  const download: Download = {
    owner: callerId === '' ? '' : ownerFolderName(callerId),
    id: result.id,
    createdAt: result.createdAt,
    expiresAt: now + lifetimeMs,
  };
  const subject = Buffer.from(JSON.stringify(Object.values(download))).toString('base64url');
  return {
    url: `${base}${subject}.${signer.sign(purpose, subject)}`,
    expires: new Date(download.expiresAt).toISOString(),
  };
}

/** What the last part of an address is a link to; undefined where this server has not signed it. */
export function readDownloadLink(token: string, signer: Signer): Download | undefined {
  const [, subject = '', signature = ''] = /^([\w-]{1,400})\.([\w-]{1,64})$/.exec(token) ?? [];
  if (subject === '' || !signer.verify(purpose, subject, signature)) return undefined;
  const [owner, id, createdAt, expiresAt] = JSON.parse(Buffer.from(subject, 'base64url').toString());
  return { owner, id, createdAt, expiresAt };
}
