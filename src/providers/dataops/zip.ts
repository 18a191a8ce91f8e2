import { Fault, isFault } from '../../base/errors.ts';

export interface ArchiveMember {
  path: string;
  /** Unpacked. */
  bytes: number;
}

/** Files that are listed at the most: their names are in memory, and each is read from disk by itself. */
const mostMembers = 200_000;

/**
 * The files of a zip archive by its directory; nothing is unpacked.
 * @throws Fault `bad_upstream_reply` when it is no zip archive, `too_large` when its directory is beyond reason
 */
export async function readDirectory(file: string): Promise<ArchiveMember[]> {
  const { getFileNameLowLevel, openPromise } = await import('yauzl');
  try {
    // Names as they are: one that leads out of the archive is told, and is no reason to list nothing.
    const archive = await openPromise(file, { lazyEntries: true, decodeStrings: false });
    if (archive.entryCount > mostMembers) {
      archive.close();
      throw tooLarge(archive.entryCount);
    }
    const members: ArchiveMember[] = [];
    for await (const { generalPurposeBitFlag, fileNameRaw, extraFields, uncompressedSize } of archive.eachEntry()) {
      const path = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
      if (!path.endsWith('/')) members.push({ path, bytes: uncompressedSize });
    }
    return members;
  } catch (cause) {
    throw isFault(cause) ? cause : damaged(cause as Error);
  }
}

const damaged = (cause: Error) =>
  new Fault({
    code: 'bad_upstream_reply',
    message: `The artifacts are no zip archive that can be read: ${cause.message}.`,
    hint: 'Read one file with dataops_read_artifact, or store the archive with dataops_download_artifacts.',
    cause,
  });

const tooLarge = (count: number) =>
  new Fault({
    code: 'too_large',
    message: `The artifacts hold ${count} files, too many to be listed.`,
    hint: 'Read one file with dataops_read_artifact, or store the archive with dataops_download_artifacts.',
  });
