import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StreamBody } from '../stream-body.ts';

/** One field of a form: text, or a file. */
export type FormField = { name: string; text: string } | { name: string; fileName: string; file: StreamBody };

/** Fields as `multipart/form-data` (RFC 7578). Its size is known where the size of every file is. */
export function formBody(fields: readonly FormField[]): StreamBody {
  const boundary = `form-${randomUUID()}`;
  const parts = fields.map(field => ({ field, head: Buffer.from(`--${boundary}\r\n${headOf(field)}\r\n\r\n`) }));
  const end = Buffer.from(`--${boundary}--\r\n`);

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const { field, head } of parts) {
      yield head;
      if ('text' in field) yield Buffer.from(field.text);
      else yield* field.file.open();
      yield Buffer.from('\r\n');
    }
    yield end;
  }

  const sizes = parts.map(({ field, head }) => {
    const content = 'text' in field ? Buffer.byteLength(field.text) : field.file.size;
    return content === undefined ? Number.NaN : head.length + content + 2;
  });
  const size = sizes.reduce((sum, one) => sum + one, end.length);
  return {
    mediaType: `multipart/form-data; boundary=${boundary}`,
    ...(Number.isNaN(size) ? {} : { size }),
    open: () => Readable.from(bytes(), { objectMode: false }),
  };
}

function headOf(field: FormField): string {
  const named = `Content-Disposition: form-data; name="${quoted(field.name)}"`;
  if ('text' in field) return named;
  return `${named}; filename="${quoted(field.fileName)}"\r\nContent-Type: ${field.file.mediaType}`;
}

// What browsers do: everything else goes as it is, in UTF-8.
const quoted = (text: string) => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
