import * as z from 'zod';

/** A zone by its IANA name; what the runtime does not know would make every time of day wrong. */
export const timeZone = () => z.string().refine(isKnown, 'must be the IANA name of a time zone, like Europe/Berlin');

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
